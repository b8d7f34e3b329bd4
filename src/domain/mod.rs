//! The plain words of the field: money, days, lines, contracts, verdicts. No polars, no I/O.
//! Every stage speaks these words, and no stage imports another.

mod activity;
mod backtest;
mod calendar;
mod call_keys;
mod change;
mod charge;
mod contract;
mod counted;
mod finding;
mod focus;
mod folded_text;
mod gate;
mod hex;
mod host_name;
mod identity;
mod known_line;
mod known_sum;
mod ledger;
mod line;
mod mailing;
mod mask;
mod money;
mod moved_line;
mod name_words;
mod odds;
mod people;
mod phone_number;
mod policy;
mod price_book;
mod scored;
mod source;
mod statement;
mod unread;
mod verdict;
mod voicemail_box;
mod vonage;
mod words;
mod zone;

pub use activity::{Activity, DayMark};
pub use backtest::{
    Backtest, BacktestReport, CalibrationBin, FlagOutcome, Flags, FrontierPoint, Origin as BacktestOrigin,
    Prediction, Recalibrated, Scores, SentFlag, TooLittle, TrackRecord, WindowRecord,
};
pub use calendar::{Calendar, DayState, add_months, business_days_after, parse_day};
pub use call_keys::{CallKeys, PhoneSince, Seal, SeenKeys};
pub use change::{ChangeCause, IdleChange, SinceLast};
pub use charge::{Charge, ChargeKind, MatchedBy, may_be_one_issuer};
pub use contract::{Contract, InForce, MidTermCredit};
pub use counted::{counted, thousands, with_article};
pub use finding::{Finding, FindingKind, FindingState, Made};
pub use focus::{ChargeCategory, ChargeFrequency, FocusCharge, FocusPricing, FocusVersion};
pub use folded_text::FoldedText;
pub use gate::{AccountBaseline, Baseline, Gate, GateReport, GateStatus, GoodNights, LastGood};
pub use hex::hex;
pub use host_name::is_domain;
pub use identity::{
    UserSort, bare_extension, entries_in, extension_name, folded, is_invisible, login_name, names_in, narrow,
    number_name, same, sip_id_name, sought_name, user_key, users_in, visible, without_accents, without_zeros,
};
pub use known_line::{HeldExtension, KnownLine};
pub use known_sum::KnownSum;
pub use ledger::{LEDGER_STAGES, LedgerEntry, ledger_sum};
pub use line::{ByLine, Kind, Line, Status, Term, Tier, UnreadCell};
pub use mailing::{Audience, Cadence, LastTold, Occasion, REMINDERS, Rhythm, Told, WebhookFormat};
pub use mask::{mask, turns_reading};
pub use money::{Cents, Currency, MoneyError};
pub use moved_line::MovedLine;
pub use name_words::{NameParts, NameWord, NameWords};
pub use odds::{PatternOdds, SilentFor};
pub use people::{Decision, DecisionKind, DirectoryEntry, DirectoryStatus, Holiday, SignIns};
pub use phone_number::{ends_alike, is_same_number, number_end, with_country};
pub use policy::{GatePolicy, KeepRule, KindRule, Model, Scoring};
pub use price_book::{Addon, AddonScope, Assumed, ChargeRule, Evidence, Feature, Price, PriceBook, PriceKey};
pub use scored::{CostSource, Forecast, LapsedKeep, LineCost, LineModel, ScoredLine};
pub use source::{Account, CallShape, DateOrder, DecimalMark, Origin, Source, TableName};
pub use statement::{
    AccountModel, AccountStatement, BRIDGE_PARTS, Bridge, BridgePart, Bucket, Commitment, CommitmentCost,
    CoverageSummary, ExpectedWaste, InputRead, InvoiceTrend, NightStatus, Quarantined, Sheets, Statement,
    TierTerm,
};
pub use unread::{UnreadCall, UnreadContract, UnreadDays, UnreadDecision, UnreadNames, UnreadSeat};
pub use verdict::{Action, Recoverable, VERDICT_ORDER, Verdict};
pub use voicemail_box::{is_voicemail_box, says_voicemail};
pub use vonage::{Suite, VonageApi};
pub use words::UnknownWord;
pub(crate) use words::words;
pub use zone::Zone;
