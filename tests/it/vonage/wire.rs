//! What happens to requests and answers on their way: letters, packing, addresses, certificates.

use std::fs;
use std::process::Command;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::json;

use super::company::{ApiCompany, world};
use super::server::{Fault, Manners, Wire};

#[test]
fn a_broken_letter_costs_its_cell() {
    let company = ApiCompany::new(Manners::default());
    company.server.change(|server, manners| {
        manners.wire = Wire::Latin1;
        let user = &mut server.users[3];
        user["first_name"] = json!("Zoé");
        let number = user["extensions"][0]["extension_number"].clone();
        let number = number.as_str().unwrap().parse::<u64>().unwrap();
        let line = server
            .extensions
            .iter_mut()
            .find(|line| line["extension_number"] == number);
        line.unwrap()["user"]["first_name"] = json!("Zoé");
        for call in &mut server.calls {
            call["custom_tag"] = json!("café");
        }
    });
    let statement = company.good(&[]);
    assert_eq!(statement.quarantine.len(), 0);
    let pulled = fs::read_to_string(company.path("store/raw/913874/lines/lines.jsonl")).unwrap();
    let rows = pulled
        .lines()
        .map(|row| serde_json::from_str::<serde_json::Value>(row).unwrap());
    let nameless = rows.filter(|row| row["first_name"].is_null() && !row["last_name"].is_null());
    assert_eq!(nameless.count(), 1);
}

#[test]
fn what_is_no_text_is_not_quoted() {
    for (body, words) in [
        (
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0".to_vec(),
            "answered 500: 19 bytes that are no text",
        ),
        (
            b"\x1f\x8b\x08\0cut".to_vec(),
            "answered 500: 7 bytes that are no text",
        ),
        (b"<b>M\xfcller</b>".to_vec(), "answered 500: <b>M\u{fffd}ller</b>"),
    ] {
        let company = ApiCompany::new(Manners::default());
        company.server.fault("call-logs", Fault::Bytes(500, body));
        company.stopped(&[("vonage.tries", "1")], 69, words);
    }
}

#[test]
fn an_address_that_is_not_there_names_its_settings() {
    let company = ApiCompany::new(Manners::default());
    let wrong = [("vonage.version", "v2")];
    company.stopped(
        &wrong,
        69,
        "Look at the account's number, vonage.version (some accounts have paths without",
    );
    let checked = quietline::night::check(&company.job(&wrong), &world()).unwrap_err();
    assert!(
        checked.to_string().contains("vonage.provisioning_url"),
        "{checked}"
    );
    assert_eq!(company.server.count("/v2/"), 2, "a wrong address was tried again");
}

#[test]
fn a_redirect_is_not_followed_and_says_where_it_leads() {
    let company = ApiCompany::new(Manners::default());
    let to = vec![(
        "location",
        "/t/vbc.prod/reports/v1/accounts/913874/call-logs/?start:gte=1".to_owned(),
    )];
    company
        .server
        .fault("call-logs", Fault::Answer(301, to, String::new()));
    let place = format!(
        "on to http://{}/t/vbc.prod/reports/v1/accounts/913874/call-logs/,",
        company.server.address
    );
    company.stopped(&[], 69, &place);
}

/// A server of TLS alone: its handshake fails, or nothing comes after it.
fn tls_server(certificate: &std::path::Path, key: &std::path::Path) -> u16 {
    let certificates = vec![CertificateDer::from_pem_file(certificate).unwrap()];
    let config =
        rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(certificates, PrivateKeyDer::from_pem_file(key).unwrap())
            .unwrap();
    let config = Arc::new(config);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut connection = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
            while connection.is_handshaking() && connection.complete_io(&mut stream).is_ok() {}
        }
    });
    port
}

#[test]
fn a_certificate_that_is_not_trusted_says_why_and_what_to_do() {
    let company = ApiCompany::new(Manners::default());
    let made = |name: &str, more: &[&str]| {
        let (certificate, key) = (
            company.path(&format!("{name}.pem")),
            company.path(&format!("{name}.key")),
        );
        let subject = format!("/CN={name}");
        let mut command = Command::new("openssl");
        command.args([
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", &subject, "-days", "30",
        ]);
        command
            .arg("-out")
            .arg(&certificate)
            .arg("-keyout")
            .arg(&key)
            .args(more);
        match command.output() {
            Ok(output) => assert!(
                output.status.success(),
                "{}",
                String::from_utf8_lossy(&output.stderr)
            ),
            Err(_) => return None,
        }
        Some((certificate, key))
    };
    let here = ["-addext", "subjectAltName=DNS:localhost"];
    let elsewhere = [
        "-addext",
        "subjectAltName=DNS:vonage.example",
        "-addext",
        "basicConstraints=CA:FALSE",
    ];
    let Some(own) = made("own", &here) else {
        eprintln!("SKIPPED: needs openssl");
        return;
    };
    let theirs = made("theirs", &[&here[..], &elsewhere[2..]].concat()).unwrap();
    let another = made("another", &elsewhere).unwrap();
    for ((certificate, key), ca_file, words) in [
        (
            &own,
            Some("own.pem"),
            "own.pem (job key vonage.ca_file). Give the server",
        ),
        (
            &own,
            None,
            "it has signed itself, as only an authority's certificate does",
        ),
        (
            &theirs,
            Some("own.pem"),
            "own.pem (job key vonage.ca_file), nor one of this machine's, has signed it",
        ),
        (
            &theirs,
            None,
            "if it is a private one, name its root certificate in vonage.ca_file",
        ),
        (
            &another,
            Some("another.pem"),
            "it is another server's; look at vonage.base_url",
        ),
    ] {
        let address = format!("https://localhost:{}/token", tls_server(certificate, key));
        let mut set = vec![("vonage.token_url", address.as_str())];
        set.extend(ca_file.map(|file| ("vonage.ca_file", file)));
        company.stopped(&set, 69, words);
    }
    fs::write(company.path("no.pem"), "nothing").unwrap();
    company.stopped(
        &[("vonage.ca_file", "no.pem")],
        78,
        "holds no certificate (job key vonage.ca_file)",
    );
}
