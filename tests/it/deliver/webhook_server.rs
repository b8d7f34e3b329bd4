//! An HTTP server that answers each post as its script says, and keeps what came.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What to do with one request.
#[derive(Debug, Clone, Copy)]
pub enum Answer {
    Status(&'static str),
    /// Read it whole and hang up.
    HangUp,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// `POST /canary HTTP/1.1`
    pub line: String,
    pub head: String,
    pub body: String,
}

pub struct WebhookServer {
    pub address: SocketAddr,
    posts: Arc<Mutex<Vec<Post>>>,
}

impl WebhookServer {
    /// After the script's end every post is taken.
    pub fn start(script: &[Answer]) -> WebhookServer {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = WebhookServer {
            address: listener.local_addr().unwrap(),
            posts: Arc::default(),
        };
        let (posts, script) = (Arc::clone(&server.posts), script.to_vec());
        std::thread::spawn(move || {
            let mut script = script.into_iter();
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let Some(post) = read(&mut stream) else { continue };
                posts.lock().unwrap().push(post);
                if let Answer::Status(status) = script.next().unwrap_or(Answer::Status("200 OK")) {
                    let head = "Location: /elsewhere\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
                    write!(stream, "HTTP/1.1 {status}\r\n{head}").unwrap();
                }
            }
        });
        server
    }

    /// With a secret in its path.
    pub fn url(&self) -> String {
        format!("http://{}/canary", self.address)
    }

    pub fn posts(&self) -> Vec<Post> {
        self.posts.lock().unwrap().clone()
    }
}

fn read(stream: &mut TcpStream) -> Option<Post> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let lower = head.to_lowercase();
            let length = lower.split("content-length: ").nth(1)?.lines().next()?;
            if body.len() >= length.trim().parse().ok()? {
                return Some(Post {
                    line: head.lines().next()?.to_owned(),
                    head: lower,
                    body: body.to_owned(),
                });
            }
        }
        match stream.read(&mut chunk).ok()? {
            0 => return None,
            count => bytes.extend(&chunk[..count]),
        }
    }
}
