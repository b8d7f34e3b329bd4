//! A small SMTP server on loopback that misbehaves by the recipient's name, and remembers what it was given.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What the server saw of one transaction that came to its final dot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    pub recipient: String,
    /// With the dot-stuffing undone.
    pub bytes: Vec<u8>,
    /// Whether the server kept it, answered or not.
    pub kept: bool,
}

#[derive(Default)]
struct Seen {
    received: Vec<Received>,
    commands: Vec<String>,
}

/// The running server; its thread ends with the test process.
pub struct FaultServer {
    pub address: SocketAddr,
    seen: Arc<Mutex<Seen>>,
}

impl FaultServer {
    /// A server that greets with these EHLO extensions. One such as `X-AUTH 454 later for {echo}` is not greeted with: it is how
    /// AUTH is answered, with what was shown there, or what that is decoded; `|` parts lines.
    pub fn start(extensions: &'static [&'static str]) -> Self {
        Self::at(0, extensions)
    }

    /// The same at a port that another server hands mail on to.
    pub fn at(port: u16, extensions: &'static [&'static str]) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let shared = Arc::clone(&seen);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                // A client that goes away in the middle is what these tests are about.
                thread::spawn(move || drop(converse(stream, extensions, &shared)));
            }
        });
        Self { address, seen }
    }

    pub fn received(&self) -> Vec<Received> {
        self.seen.lock().unwrap().received.clone()
    }

    /// The command lines so far, without what came inside messages.
    pub fn commands(&self) -> Vec<String> {
        self.seen.lock().unwrap().commands.clone()
    }

    /// Waits until `recipient` has sent its final dot; 10 seconds at most.
    pub fn wait_for(&self, recipient: &str) {
        for _ in 0..1_000 {
            if self.received().iter().any(|mail| mail.recipient == recipient) {
                return;
            }
            thread::sleep(Duration::from_millis(10));
        }
        panic!("no mail for {recipient} in 10 seconds; got {:?}", self.commands());
    }
}

fn converse(stream: TcpStream, extensions: &[&str], seen: &Mutex<Seen>) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    let mut out = stream.try_clone()?;
    let mut input = BufReader::new(stream);
    let mut recipient = String::new();
    let mut shown = String::new();
    write!(out, "220 fault.test ready\r\n")?;
    let mut line = String::new();
    while input.read_line(&mut line)? > 0 {
        let command = std::mem::take(&mut line).trim_end().to_owned();
        seen.lock().unwrap().commands.push(command.clone());
        let verb = command
            .split([' ', ':'])
            .next()
            .unwrap_or_default()
            .to_ascii_uppercase();
        if verb == "AUTH" {
            shown = command.rsplit(' ').next().unwrap_or_default().to_owned();
        }
        let prefix = format!("X-{verb} ");
        if let Some(answer) = extensions.iter().find_map(|line| line.strip_prefix(&prefix)) {
            let decoded =
                String::from_utf8_lossy(&STANDARD.decode(&shown).unwrap_or_default()).replace('\0', " ");
            let answer = answer.replace("{echo}", &shown).replace("{decoded}", &decoded);
            write!(out, "{}\r\n", answer.replace('|', "\r\n"))?;
            continue;
        }
        match verb.as_str() {
            "EHLO" => greet(&mut out, extensions)?,
            "AUTH" => write!(out, "535 5.7.8 no such credential: {shown}\r\n")?,
            "RCPT" => {
                recipient = command.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                write!(out, "{}\r\n", answer_to_rcpt(&recipient))?;
            }
            "DATA" if !take_message(&mut input, &mut out, &recipient, seen)? => return Ok(()),
            "DATA" => {}
            "QUIT" => return write!(out, "221 bye\r\n"),
            _ => write!(out, "250 ok\r\n")?,
        }
    }
    Ok(())
}

fn greet(out: &mut TcpStream, extensions: &[&str]) -> std::io::Result<()> {
    for extension in extensions.iter().filter(|line| !line.starts_with("X-")) {
        write!(out, "250-{extension}\r\n")?;
    }
    write!(out, "250 8BITMIME\r\n")
}

fn answer_to_rcpt(recipient: &str) -> &'static str {
    match fault(recipient) {
        "rcpt450" => "450 4.2.0 mailbox busy",
        "rcpt550" => "550 5.1.1 no such user",
        "rcpt530" => "530 5.7.0 authentication required",
        _ => "250 ok",
    }
}

fn fault(recipient: &str) -> &str {
    recipient.split('@').next().unwrap_or_default()
}

/// Takes the message and answers by the recipient's name; `false` hangs up.
fn take_message(
    input: &mut BufReader<TcpStream>,
    out: &mut TcpStream,
    recipient: &str,
    seen: &Mutex<Seen>,
) -> std::io::Result<bool> {
    if fault(recipient) == "data421" {
        write!(out, "421 4.3.2 shutting down\r\n")?;
        return Ok(false);
    }
    let go_on = if fault(recipient) == "out_of_step" {
        "250 2.1.5 ok"
    } else {
        "354 go on"
    };
    write!(out, "{go_on}\r\n")?;
    if fault(recipient) == "drop_before_dot" {
        input.read_exact(&mut [0; 1_000])?;
        return Ok(false);
    }
    let bytes = read_to_dot(input)?;
    let answer = match fault(recipient) {
        "dot451" => Some("451 4.3.0 try later"),
        "dot552" => Some("552 5.2.2 mailbox full"),
        "lose_reply" | "stall" => None,
        "lose_first_reply" if !was_seen(seen, recipient) => None,
        _ => Some("250 2.0.0 kept"),
    };
    let kept = answer.is_none_or(|answer| answer.starts_with("250"));
    seen.lock().unwrap().received.push(Received {
        recipient: recipient.to_owned(),
        bytes,
        kept,
    });
    match fault(recipient) {
        "slow" => thread::sleep(Duration::from_millis(900)),
        "stall" => thread::sleep(Duration::from_secs(15)),
        _ => {}
    }
    let Some(answer) = answer else { return Ok(false) };
    write!(out, "{answer}\r\n")?;
    Ok(true)
}

fn was_seen(seen: &Mutex<Seen>, recipient: &str) -> bool {
    seen.lock()
        .unwrap()
        .received
        .iter()
        .any(|mail| mail.recipient == recipient)
}

fn read_to_dot(input: &mut BufReader<TcpStream>) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut line = Vec::new();
    while input.read_until(b'\n', &mut line)? > 0 {
        if line == b".\r\n" {
            return Ok(bytes);
        }
        bytes.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        line.clear();
    }
    Err(std::io::ErrorKind::UnexpectedEof.into())
}
