//! A row of the table: one fault, and what it proves. What a change makes of that, step by step, is `end`.
//!
//! Not here: how a row is played (`play`), the faults themselves (one file per family).

use readdress_core::change::State;
use readdress_core::error::Code;
use readdress_sandbox::Service;

use crate::gate::{Line, Spoil};
use crate::script::{Move, Truth};

/// Where in a change the fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Login,
    /// The user asks which address is held.
    Read,
    Request,
    Verify,
    Resend,
    /// Where a manifest has one.
    Cancel,
    /// The closing read, after an accepted code.
    ReadBack,
}

pub const EFFECTS: [Step; 4] = [Step::Request, Step::Verify, Step::Resend, Step::Cancel];
pub const ALL: [Step; 6] = [
    Step::Login,
    Step::Read,
    Step::Request,
    Step::Verify,
    Step::Resend,
    Step::Cancel,
];

impl Step {
    /// The route that the fault is set for.
    pub fn route(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Read | Self::ReadBack => "read",
            Self::Request | Self::Resend => "request",
            Self::Verify => "verify",
            Self::Cancel => "cancel",
        }
    }
}

/// What a fault proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Means {
    /// Nothing is wrong with the answer.
    Harmless,
    /// Nothing reached the service. With the `reason` of the problem.
    NotSent(Code, &'static str),
    /// It reached the service, which says that it did nothing. With the `reason` of the problem.
    TurnedAway(Code, &'static str),
    /// Nobody knows.
    Untold(Code),
    /// The same, with the seconds after which it makes sense to ask again.
    Down(Code, i64),
    Refused(Code),
    /// Too soon: to be tried again after so many seconds; `None` where the manifest's own word counts.
    Limited(Option<i64>),
}

#[derive(Clone)]
pub enum Fault {
    /// After the request has arrived.
    Wire(Spoil),
    /// Before.
    Line(Line),
}

pub type But = fn(Step, Service) -> Option<Means>;

#[derive(Clone)]
pub struct Row {
    pub what: &'static str,
    pub fault: Fault,
    pub means: Means,
    pub at: Vec<Step>,
    /// Each step is played at all of these; one takes turns where empty.
    pub services: Vec<Service>,
    /// Where a manifest knows better.
    pub but: But,
    /// The profile's origin is https.
    pub tls: bool,
    /// Least and most milliseconds that the spoilt call takes.
    pub within: Option<(u64, u64)>,
}

impl Row {
    fn new(what: &'static str, fault: Fault, means: Means) -> Self {
        Self {
            what,
            fault,
            means,
            at: ALL.to_vec(),
            services: Vec::new(),
            but: |_, _| None,
            tls: false,
            within: None,
        }
    }

    pub fn at(mut self, steps: &[Step]) -> Self {
        self.at = steps.to_vec();
        self
    }

    pub fn of(mut self, services: &[Service]) -> Self {
        self.services = services.to_vec();
        self
    }

    pub fn but(mut self, but: But) -> Self {
        self.but = but;
        self
    }

    pub fn within(mut self, least: u64, most: u64) -> Self {
        self.within = Some((least, most));
        self
    }

    pub fn over_tls(mut self) -> Self {
        self.tls = true;
        self
    }

    pub fn means_at(&self, step: Step, service: Service) -> Means {
        (self.but)(step, service).unwrap_or(self.means)
    }

    /// The services at which a step is played; `turn` spreads rows over those that have the step.
    pub fn services_at(&self, step: Step, turn: usize) -> Vec<Service> {
        let has_it = |service: &Service| match step {
            Step::Login => *service == Service::ManncoStore,
            Step::Cancel => *service == Service::Webshare,
            // Webshare answers 204: there is no body to alter.
            _ if matches!(self.fault, Fault::Wire(Spoil::Alter(_))) => {
                *service != Service::Webshare
            }
            // At Mannco.store the login would meet a bad line first.
            _ if matches!(self.fault, Fault::Line(_)) => *service != Service::ManncoStore,
            _ => true,
        };
        if !self.services.is_empty() {
            return self.services.iter().copied().filter(has_it).collect();
        }
        let all: Vec<_> = Service::ALL.into_iter().filter(has_it).collect();
        all.get(turn % all.len().max(1))
            .copied()
            .into_iter()
            .collect()
    }

    /// Whether the service takes the spoilt call: where nobody knows, it is played both ways.
    pub fn taken(&self, step: Step, service: Service) -> Vec<bool> {
        match (&self.fault, self.means_at(step, service)) {
            (Fault::Line(_), Means::Harmless) | (Fault::Wire(Spoil::Alter(_)), _) => vec![true],
            (Fault::Line(_), _) => vec![false],
            (_, Means::Harmless) => vec![true],
            (_, Means::Untold(_) | Means::Down(..))
                if matches!(step, Step::Request | Step::Verify) =>
            {
                vec![false, true]
            }
            _ => vec![false],
        }
    }
}

/// After the request has arrived these moves are played.
pub fn wire(what: &'static str, moves: Vec<Move>, means: Means) -> Row {
    Row::new(what, Fault::Wire(Spoil::Play(moves)), means)
}

/// The service takes the call, and its answer is altered.
pub fn alter(what: &'static str, alter: fn(&Truth) -> Vec<Move>, means: Means) -> Row {
    Row::new(what, Fault::Wire(Spoil::Alter(alter)), means).at(&[
        Step::Login,
        Step::Read,
        Step::Request,
        Step::Verify,
        Step::Resend,
    ])
}

pub fn line(what: &'static str, line: Line, means: Means) -> Row {
    Row::new(what, Fault::Line(line), means).at(&[
        Step::Read,
        Step::Request,
        Step::Verify,
        Step::Resend,
        Step::Cancel,
    ])
}

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// `None` for a read.
    pub state: Option<State>,
    pub code: Option<Code>,
    /// The problem's `reason`, or its `cause`.
    pub why: Option<String>,
    /// A code is kept and offered again.
    pub kept: bool,
    /// How often the call was received.
    pub received: usize,
}

/// What a change must make of what a fault proves. The whole table of `docs/changes.md`, as far as the wire goes.
pub fn end(step: Step, means: Means, wire: bool) -> End {
    use Means::*;
    let (code, why) = match means {
        Harmless => (None, None),
        NotSent(code, why) | TurnedAway(code, why) => (Some(code), Some(why.to_owned())),
        Untold(code) | Down(code, _) | Refused(code) => (Some(code), None),
        Limited(_) => (Some(Code::RateLimited), None),
    };
    let because = |own: Code| (Some(own), code.map(Code::as_str));
    let (state, (code, why)) = match (step, means) {
        (Step::Read, TurnedAway(..)) => (None, (code, None)),
        (Step::Read, _) => (None, (code, why)),
        (Step::Request | Step::Login, Harmless) => (Some(State::AwaitingCode), (code, why)),
        (Step::Login, Untold(_) | Down(..) | TurnedAway(..)) => {
            (Some(State::Planned), because(Code::LoginFailed))
        }
        (Step::Login, _) => (Some(State::Planned), (code, why)),
        (Step::Request, NotSent(..) | TurnedAway(..) | Limited(_)) => {
            (Some(State::Planned), (code, why))
        }
        (Step::Request, Refused(_)) => (Some(State::Refused), (code, why)),
        (Step::Request | Step::Verify, Untold(_) | Down(..)) => (Some(State::Unknown), (code, why)),
        (Step::Verify | Step::ReadBack, Harmless) => (Some(State::Changed), (code, why)),
        (Step::Verify | Step::Resend, _) => (Some(State::AwaitingCode), (code, why)),
        (Step::ReadBack, _) => (Some(State::Unknown), because(Code::ReadBackFailed)),
        (Step::Cancel, _) => (Some(State::Cancelled), (None, None)),
    };
    let tries = match (step, means) {
        (_, Harmless) => 1,
        (Step::Read, Untold(_) | TurnedAway(..)) | (Step::ReadBack, _) => 3,
        (Step::Read, Limited(Some(0..=5)) | Down(_, 0..=5)) => 3,
        _ => 1,
    };
    End {
        state,
        code,
        why,
        kept: step == Step::Verify && !matches!(means, Harmless),
        received: if wire { tries } else { 0 },
    }
}
