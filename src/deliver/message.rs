//! One audience's mail as bytes: the same inputs give the same bytes, so they can be frozen and compared.

use crate::domain::{hex, turns_reading};
use chrono::{DateTime, NaiveDate, Utc};
use lettre::Address;
use lettre::address::AddressError;
use lettre::message::header::{
    ContentDisposition, ContentTransferEncoding, ContentType, HeaderName, HeaderValue,
};
use lettre::message::{Body, Mailbox, Message, MessageBuilder, MultiPart, SinglePart};
use sha2::{Digest, Sha256};

/// Whose mail of which night this is; the frozen parts (`Message-ID`, boundaries) follow from it alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    pub job: String,
    pub as_of: NaiveDate,
    pub revision: u32,
    /// `finance`, `admin`, `operator`; of an incident with its mark, as in `operator.1a2b3c`, so that another incident of
    /// the same night is another mail.
    pub audience: String,
}

/// A person or mailbox: a display name, which may be blank, and an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    pub name: String,
    pub address: String,
}

/// A file that goes with the mail, byte for byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    pub name: String,
    /// Like `text/csv; charset=utf-8`.
    pub content_type: String,
    pub bytes: Vec<u8>,
}

/// What a mail says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    pub identity: Identity,
    /// The frozen `Date`, UTC.
    pub date: DateTime<Utc>,
    pub from: Party,
    pub to: Vec<Party>,
    pub reply_to: Option<Party>,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub attachments: Vec<Attachment>,
}

/// A finished mail, ready for the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Built {
    pub identity: Identity,
    /// With its angle brackets.
    pub message_id: String,
    /// Envelope sender.
    pub sender: String,
    /// Envelope recipients, each once.
    pub recipients: Vec<String>,
    /// RFC 5322 bytes, ASCII only, lines ended by CRLF.
    pub bytes: Vec<u8>,
}

/// A mail that cannot be built as the job describes it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not an address.
    #[error("`{address}` is not a mail address ({source}); correct it in the job's mail settings")]
    Address {
        /// As given, without control characters.
        address: String,
        /// Why not.
        source: AddressError,
    },
    /// Nobody to send to.
    #[error(
        "the {audience} mail has no recipient; name one in the job's mail settings or switch that mail off"
    )]
    NoRecipient {
        /// The audience.
        audience: String,
    },
    /// A content type that does not parse.
    #[error("`{content_type}` of the attachment {name} is not a content type")]
    ContentType {
        /// The attachment.
        name: String,
        /// Its declared type.
        content_type: String,
    },
    /// Refused by the mail library.
    #[error("the mail cannot be built: {0}")]
    Build(#[from] lettre::error::Error),
}

impl Error {
    /// 78: the job names what cannot be mailed; 1 for the rest.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Address { .. } | Self::NoRecipient { .. } => 78,
            Self::ContentType { .. } | Self::Build(_) => 1,
        }
    }
}

impl Identity {
    /// SHA-256 of job, night, revision and audience, with lengths, so that no two identities read the same.
    fn digest(&self) -> String {
        let mut hash = Sha256::new();
        for part in [
            self.job.as_str(),
            &self.as_of.to_string(),
            &self.revision.to_string(),
            &self.audience,
        ] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        hex(&hash.finalize())
    }

    /// The audience without an incident's mark: a mailing list stays the same from night to night.
    pub fn list(&self) -> &str {
        self.audience.split('.').next().unwrap_or(&self.audience)
    }

    /// The file-safe name under which this mail is kept: `nightly-2026-11-23-r1-finance`.
    pub fn file_name(&self) -> String {
        let Self {
            job,
            as_of,
            revision,
            audience,
        } = self;
        slug(&format!("{job}-{as_of}-r{revision}-{audience}"))
    }
}

/// Builds the mail: multipart/mixed(alternative(text, html), attachments), all of it ASCII.
///
/// # Errors
/// [`Error`] names the address or attachment at fault.
pub fn build(mail: &Mail) -> Result<Built, Error> {
    let from = mailbox(&mail.from)?;
    let to = mail.to.iter().map(mailbox).collect::<Result<Vec<_>, _>>()?;
    let mut recipients: Vec<String> = Vec::new();
    for address in to.iter().map(|mailbox| mailbox.email.to_string()) {
        if !recipients.contains(&address) {
            recipients.push(address);
        }
    }
    if recipients.is_empty() {
        return Err(Error::NoRecipient {
            audience: mail.identity.audience.clone(),
        });
    }
    let digest = mail.identity.digest();
    let message_id = format!("<{}@{}>", &digest[..32], from.email.domain());
    let sender = from.email.to_string();
    let headed = headers(mail, from, to, &message_id)?;
    let bytes = headed.multipart(body(mail, &digest)?)?.formatted();
    Ok(Built {
        identity: mail.identity.clone(),
        message_id,
        sender,
        recipients,
        bytes,
    })
}

fn headers(mail: &Mail, from: Mailbox, to: Vec<Mailbox>, message_id: &str) -> Result<MessageBuilder, Error> {
    let list_id = format!(
        "<{}.{}.{}>",
        slug(mail.identity.list()),
        slug(&mail.identity.job),
        from.email.domain()
    );
    let mut builder = Message::builder()
        .date(mail.date.into())
        .from(from)
        .subject(single_line(&mail.subject))
        .message_id(Some(message_id.to_owned()))
        .raw_header(fixed("Auto-Submitted", "auto-generated"))
        .raw_header(fixed("X-Auto-Response-Suppress", "All"))
        .raw_header(fixed("List-Id", &list_id));
    for recipient in to {
        builder = builder.to(recipient);
    }
    if let Some(party) = &mail.reply_to {
        builder = builder.reply_to(mailbox(party)?);
    }
    Ok(builder)
}

/// Boundaries begin with `=_`, which neither quoted-printable nor base64 can contain: no content can hold one.
fn body(mail: &Mail, digest: &str) -> Result<MultiPart, Error> {
    let alternative = MultiPart::alternative()
        .boundary(format!("=_alt_{}", &digest[32..56]))
        .singlepart(text_part(ContentType::TEXT_PLAIN, &mail.text))
        .singlepart(text_part(ContentType::TEXT_HTML, &mail.html));
    let mut mixed = MultiPart::mixed()
        .boundary(format!("=_mix_{}", &digest[32..56]))
        .multipart(alternative);
    for attachment in &mail.attachments {
        mixed = mixed.singlepart(attachment_part(attachment)?);
    }
    Ok(mixed)
}

fn text_part(content_type: ContentType, text: &str) -> SinglePart {
    SinglePart::builder()
        .header(content_type)
        .body(encoded(text.to_owned(), ContentTransferEncoding::QuotedPrintable))
}

/// Base64 always: any other encoding may have its line ends changed on the way.
fn attachment_part(attachment: &Attachment) -> Result<SinglePart, Error> {
    let name = slug(&attachment.name);
    let content_type = ContentType::parse(&attachment.content_type).map_err(|_| Error::ContentType {
        name: name.clone(),
        content_type: single_line(&attachment.content_type),
    })?;
    Ok(SinglePart::builder()
        .header(content_type)
        .header(ContentDisposition::attachment(&name))
        .body(encoded(attachment.bytes.clone(), ContentTransferEncoding::Base64)))
}

fn encoded(content: impl Into<lettre::message::MaybeString>, encoding: ContentTransferEncoding) -> Body {
    Body::new_with_encoding(content, encoding).expect("quoted-printable and base64 take any content")
}

fn fixed(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

pub(super) fn mailbox(party: &Party) -> Result<Mailbox, Error> {
    let address: Address = party.address.trim().parse().map_err(|source| Error::Address {
        address: single_line(&party.address),
        source,
    })?;
    let name = single_line(&party.name);
    Ok(Mailbox::new((!name.is_empty()).then_some(name), address))
}

/// One line without control characters and without marks that turn the direction of writing: a line break in a
/// name would begin a header of its own, and makes the mail library panic.
fn single_line(text: &str) -> String {
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    let shown: String = text
        .chars()
        .filter(|&c| !turns_reading(c))
        .map(|c| if breaks(c) { ' ' } else { c })
        .collect();
    shown.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Letters, digits, `.`, `-` and `_`; anything else becomes `-`.
fn slug(text: &str) -> String {
    let safe = |c: char| {
        if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') {
            c
        } else {
            '-'
        }
    };
    text.chars()
        .map(safe)
        .collect::<String>()
        .trim_start_matches('.')
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn party(name: &str, address: &str) -> Party {
        Party {
            name: name.into(),
            address: address.into(),
        }
    }

    fn mail() -> Mail {
        Mail {
            identity: Identity {
                job: "nightly".into(),
                as_of: "2026-11-23".parse().unwrap(),
                revision: 1,
                audience: "finance".into(),
            },
            date: DateTime::from_timestamp(1_764_000_000, 0).unwrap(),
            from: party("quietline", "quietline@example.com"),
            to: vec![party("Fiona", "fiona@example.com"), party("", "cfo@example.com")],
            reply_to: None,
            subject: "412.50 USD idle, 3 lines".into(),
            text: "Idle: 3 lines\n.\n".into(),
            html: "<p>Idle: 3 lines \u{2013} Z\u{fc}rich</p>".into(),
            attachments: vec![Attachment {
                name: "findings.csv".into(),
                content_type: "text/csv; charset=utf-8".into(),
                bytes: b"a,b\nc,d\n".to_vec(),
            }],
        }
    }

    fn text(mail: &Mail) -> String {
        String::from_utf8(build(mail).unwrap().bytes).unwrap()
    }

    #[test]
    fn the_same_mail_is_the_same_bytes_and_ascii() {
        let (first, second) = (build(&mail()).unwrap(), build(&mail()).unwrap());
        assert_eq!(first, second);
        assert!(first.bytes.is_ascii());
        assert_eq!(first.recipients, ["fiona@example.com", "cfo@example.com"]);
    }

    #[test]
    fn the_headers_are_frozen_and_say_that_a_machine_wrote_it() {
        let text = text(&mail());
        for header in [
            "Date: Mon, 24 Nov 2025 16:00:00 +0000\r\n",
            "Auto-Submitted: auto-generated\r\n",
            "X-Auto-Response-Suppress: All\r\n",
            "List-Id: <finance.nightly.example.com>\r\n",
            "MIME-Version: 1.0\r\n",
            "Subject: 412.50 USD idle, 3 lines\r\n",
            "filename=\"findings.csv\"",
        ] {
            assert!(text.contains(header), "{header} is missing in\n{text}");
        }
        assert_eq!(text.matches("Message-ID: <").count(), 1);
        assert!(text.find("multipart/mixed").unwrap() < text.find("multipart/alternative").unwrap());
    }

    #[test]
    fn every_part_of_the_identity_changes_the_message_id() {
        let id = |change: fn(&mut Identity)| {
            let mut mail = mail();
            change(&mut mail.identity);
            build(&mail).unwrap().message_id
        };
        let mut ids = vec![
            id(|_| ()),
            id(|i| i.job = "other".into()),
            id(|i| i.as_of = i.as_of.succ_opt().unwrap()),
            id(|i| i.revision = 2),
            id(|i| i.audience = "admin".into()),
        ];
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 5);
    }

    #[test]
    fn control_characters_in_names_and_subject_begin_no_header() {
        let mut mail = mail();
        mail.from.name = "Eve\r\nBcc: all@example.com".into();
        mail.to[0].name = "\u{202e}Bob\0\u{2028}\tB\u{7f}".into();
        mail.subject = "Waste\r\nX-Evil: 1\u{85}".into();
        let text = text(&mail);
        assert!(
            !text.contains("\r\nBcc:") && !text.contains("\r\nX-Evil:"),
            "{text}"
        );
        assert!(text.contains("Subject: Waste X-Evil: 1\r\n"), "{text}");
        assert_eq!(single_line(&mail.to[0].name), "Bob B");
    }

    #[test]
    fn a_bad_address_is_named_and_a_mail_to_nobody_is_refused() {
        let mut wrong = mail();
        wrong.to[1].address = "cfo at example".into();
        let error = build(&wrong).unwrap_err();
        assert!(
            error.exit_code() == 78 && error.to_string().contains("`cfo at example`"),
            "{error}"
        );
        wrong.to.clear();
        assert!(matches!(build(&wrong), Err(Error::NoRecipient { .. })));
    }

    #[test]
    fn attachment_names_are_slugs() {
        let mut mail = mail();
        mail.attachments[0].name = "../\"x\r\ny.csv".into();
        assert!(text(&mail).contains("filename=\"--x--y.csv\""));
    }
}
