//! A process that is killed with -9 in the middle: the lock is free at once, and its mail is in doubt, not lost.

use super::fault_server::FaultServer;
use super::mails::{drain, only, settings, store_with};
use quietline::deliver::outbox::{OnAmbiguous, State};
use quietline::deliver::smtp::SmtpDelivery;
use quietline::record::Store;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

const STORE: &str = "QUIETLINE_TEST_STORE";
const SERVER: &str = "QUIETLINE_TEST_SERVER";

#[test]
#[ignore = "the process that is killed by the test below"]
fn drain_in_a_process_of_its_own() {
    let store = Store::open(Path::new(&std::env::var(STORE).unwrap())).unwrap();
    let server: SocketAddr = std::env::var(SERVER).unwrap().parse().unwrap();
    drain(
        &store,
        &mut SmtpDelivery::new(settings(server)),
        OnAmbiguous::Resend,
    );
}

fn spawn_drain(store: &Path, server: SocketAddr) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "deliver::killed::drain_in_a_process_of_its_own",
            "--ignored",
        ])
        .env(STORE, store)
        .env(SERVER, server.to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn killed_while_the_server_holds_the_message_it_goes_again_byte_for_byte() {
    let server = FaultServer::start(&[]);
    let (folder, store) = store_with(&["stall@x.test"]);
    drop(store);
    let mut child = spawn_drain(folder.path(), server.address);
    server.wait_for("stall@x.test");
    assert_eq!(
        Store::open(folder.path()).unwrap_err().exit_code(),
        75,
        "the living process has the lock"
    );
    child.kill().unwrap();
    child.wait().unwrap();

    let store = Store::open(folder.path()).unwrap();
    assert_eq!(only(&store).0, State::Inflight, "committed before DATA");
    let mut impatient = settings(server.address);
    impatient.final_reply_timeout = std::time::Duration::from_millis(300);
    drain(&store, &mut SmtpDelivery::new(impatient), OnAmbiguous::Resend);
    let twins = server.received();
    assert_eq!(twins.len(), 2);
    assert_eq!(twins[0].bytes, twins[1].bytes);
}
