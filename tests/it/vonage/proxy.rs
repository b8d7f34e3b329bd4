//! A machine whose environment names a proxy.

use std::net::TcpListener;
use std::process::Command;

use super::company::ApiCompany;
use super::server::Manners;

#[test]
fn what_stays_on_this_machine_goes_by_no_proxy() {
    let company = ApiCompany::new(Manners::default());
    let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
    proxy.set_nonblocking(true).unwrap();
    let address = format!("http://{}", proxy.local_addr().unwrap());
    let output = Command::new(env!("CARGO_BIN_EXE_quietline"))
        .args(["check", "api.toml"])
        .current_dir(company.folder())
        .env("VONAGE_PASSWORD", "canary-password")
        .env("VONAGE_CLIENT_SECRET", "canary-secret")
        .envs(["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"].map(|name| (name, &address)))
        .env_remove("NO_PROXY")
        .env_remove("no_proxy")
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(proxy.accept().is_err(), "the proxy was called");
    assert_eq!(company.server.logins(), 1);
}
