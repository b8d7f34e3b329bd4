//! The dead-man ping against a small HTTP server.

use quietline::deliver::Secret;
use quietline::deliver::ping::{Signal, ping};
use std::io::{Read, Write};
use std::net::TcpListener;

/// Answers one request with `status` and gives back its first line.
fn answer_once(status: &'static str) -> (String, std::thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/canary-token", listener.local_addr().unwrap());
    let served = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 2_048];
        let read = stream.read(&mut request).unwrap();
        write!(
            stream,
            "HTTP/1.1 {status}\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"
        )
        .unwrap();
        String::from_utf8_lossy(&request[..read])
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned()
    });
    (url, served)
}

#[test]
fn the_ping_says_the_exit_code_and_keeps_its_address_to_itself() {
    let (url, served) = answer_once("200 OK");
    ping(&Secret::new(url), Signal::Exit(75)).unwrap();
    assert_eq!(served.join().unwrap(), "GET /canary-token/75 HTTP/1.1");
    let (url, served) = answer_once("302 Found");
    let error = ping(&Secret::new(url.clone()), Signal::Start).unwrap_err();
    assert_eq!(served.join().unwrap(), "GET /canary-token/start HTTP/1.1");
    assert!(error.to_string().contains("302"), "{error}");
    let gone = ping(&Secret::new(url), Signal::Start).unwrap_err();
    assert!(
        !format!("{error} {error:?} {gone} {gone:?}").contains("canary"),
        "{gone}"
    );
}
