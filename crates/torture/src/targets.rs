//! Where the kills fall: every named point, calls that are held, and random moments.

use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::{IndexedRandom, SliceRandom};
use readdress_core::kill::POINTS;

use crate::game::Played;
use crate::stage::House;
use crate::strike::Strike;
use crate::user::{Act, Wishes};

/// One row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    Point(&'static str),
    /// The request, or the code, has arrived; `taken`: it had its effect.
    Held {
        route: &'static str,
        taken: bool,
    },
    /// Any moment of any start.
    Moment,
}

impl Target {
    /// Points in the order in which a change passes them, then the rest.
    pub fn place(self) -> (usize, Self) {
        let found = |name| POINTS.iter().position(|point| *point == name);
        let place = match self {
            Self::Point(name) => found(name),
            _ => None,
        };
        (place.unwrap_or(POINTS.len()), self)
    }

    pub fn row(self) -> String {
        match self {
            Self::Point(name) => name.to_owned(),
            Self::Held { route, taken: true } => format!("{route} taken, answer held"),
            Self::Held { route, .. } => format!("{route} arrived, not taken"),
            Self::Moment => "a random moment".to_owned(),
        }
    }
}

/// What a game needs so that its target is passed.
pub struct Plan {
    pub house: House,
    pub wishes: Wishes,
    /// The Mannco.store token ends before the code is given.
    pub stale_token: bool,
    /// In this order; each at the next act of its kind.
    pub strikes: Vec<(Target, Act, Strike)>,
}

const HELD: [Target; 4] = [
    Target::Held {
        route: "request",
        taken: true,
    },
    Target::Held {
        route: "request",
        taken: false,
    },
    Target::Held {
        route: "verify",
        taken: true,
    },
    Target::Held {
        route: "verify",
        taken: false,
    },
];

/// A way to pass the target; `first`: the most direct one.
pub fn plan(target: Target, random: &mut StdRng) -> Plan {
    let house = *House::ALL.choose(random).unwrap_or(&House::ZApi);
    let mut plan = Plan {
        house,
        wishes: Wishes::default(),
        stale_token: false,
        strikes: Vec::new(),
    };
    match target {
        Target::Point(name) => at_point(&mut plan, name, random),
        Target::Held { route, taken } => {
            let act = if route == "verify" {
                Act::Verify
            } else {
                Act::Request
            };
            plan.strikes
                .push((target, act, Strike::Held { route, taken }));
            // Now and then the start that recovers dies too.
            if random.random_ratio(1, 3) {
                plan.strikes.push(moment(Act::Look));
            }
        }
        Target::Moment => {
            plan.wishes = Wishes {
                resend: random.random_ratio(1, 4),
                check: random.random_ratio(1, 4),
                cancel: random.random_ratio(1, 8),
            };
            plan.stale_token = random.random_ratio(1, 3);
            let mut acts = vec![Act::Request, Act::Request, Act::Verify, Act::Verify];
            acts.extend([Act::Add, Act::Look]);
            acts.extend(plan.wishes.resend.then_some(Act::Resend));
            acts.extend(plan.wishes.check.then_some(Act::Settle));
            acts.extend(plan.wishes.cancel.then_some(Act::Cancel));
            let first = *acts.choose(random).unwrap_or(&Act::Request);
            plan.strikes.push(moment(first));
            if random.random_ratio(1, 2) {
                let then = [Act::Look, Act::Settle, Act::Request, Act::Verify];
                plan.strikes
                    .push(moment(*then.choose(random).unwrap_or(&Act::Look)));
            }
        }
    }
    plan
}

/// The time itself is chosen when it is known how long such a start takes.
fn moment(act: Act) -> (Target, Act, Strike) {
    (
        Target::Moment,
        act,
        Strike::After(std::time::Duration::ZERO),
    )
}

/// The acts that pass a point. A point without a line here stops the run: it would never be reached.
fn at_point(plan: &mut Plan, name: &'static str, random: &mut StdRng) {
    let sends = [Act::Request, Act::Verify, Act::Resend];
    let act = match name {
        "before_plan" | "after_plan" => Act::Request,
        "before_intent" | "after_intent" => *choose(&sends[..2], random),
        "before_login" | "token_captured" | "token_kept" => {
            plan.house = House::ManncoStore;
            Act::Request
        }
        "before_send" | "answered" | "before_answer" | "after_answer" | "wire_before_send"
        | "wire_after_head" => *choose(&sends, random),
        "before_read" | "read_answered" => {
            *choose(&[Act::Request, Act::Verify, Act::Settle], random)
        }
        "disk_in_transaction" | "disk_before_commit" | "disk_after_commit" => *choose(
            &[
                Act::Add,
                Act::Request,
                Act::Verify,
                Act::Resend,
                Act::Cancel,
            ],
            random,
        ),
        "before_second_intent" | "after_second_intent" => {
            plan.house = House::ManncoStore;
            plan.stale_token = true;
            Act::Verify
        }
        "before_proof" | "after_proof" => Act::Verify,
        "before_turn" | "after_turn" => {
            plan.strikes.push(held(random));
            Act::Settle
        }
        "before_resend_intent" | "after_resend_intent" => Act::Resend,
        "before_end" | "after_end" => {
            plan.house = *choose(&House::ALL[..3], random);
            Act::Cancel
        }
        "before_cancel_intent" | "after_cancel_intent" | "cancel_answered" | "cancel_kept" => {
            plan.house = House::Own;
            Act::Cancel
        }
        "before_recovery" | "after_recovery" => {
            plan.strikes.push(held(random));
            Act::Look
        }
        _ => panic!("{name} has no line here: say which act passes it"),
    };
    plan.wishes.resend |= act == Act::Resend;
    plan.wishes.check |= act == Act::Settle;
    plan.wishes.cancel |= act == Act::Cancel;
    let pass = match name {
        // Reads, logins and calls; plans, intents and answers: which one is random too.
        "wire_before_send"
        | "wire_after_head"
        | "disk_in_transaction"
        | "disk_before_commit"
        | "disk_after_commit" => random.random_range(1..=3),
        _ => 1,
    };
    plan.strikes
        .push((Target::Point(name), act, Strike::Point { name, pass }));
}

/// Something must be under way before it can be recovered or settled.
fn held(random: &mut StdRng) -> (Target, Act, Strike) {
    let target = *choose(&HELD, random);
    let Target::Held { route, taken } = target else {
        unreachable!("the list holds nothing else");
    };
    let act = if route == "verify" {
        Act::Verify
    } else {
        Act::Request
    };
    (target, act, Strike::Held { route, taken })
}

fn choose<'a, T>(from: &'a [T], random: &mut StdRng) -> &'a T {
    &from[random.random_range(0..from.len())]
}

/// The targets of a run, shuffled: each named point at least once, then held calls and random moments.
pub struct Deck {
    cards: Vec<Target>,
    kills: usize,
    done: usize,
    /// Points that nobody was killed at so far, and how often that was tried.
    left: Vec<(&'static str, u32)>,
}

/// A point may be missed (its pass was too high); so often it is tried before it counts as out of reach.
const TRIES: u32 = 40;

impl Deck {
    pub fn new(kills: usize, random: &mut StdRng) -> Self {
        let mut cards: Vec<Target> = (0..kills)
            .map(|n| match n % 20 {
                0..=7 => Target::Point(POINTS[(n / 20 * 8 + n % 20) % POINTS.len()]),
                8..=10 => HELD[(n / 20 * 3 + n % 20 - 8) % HELD.len()],
                _ => Target::Moment,
            })
            .collect();
        cards.shuffle(random);
        Self {
            cards,
            kills,
            done: 0,
            left: POINTS.iter().map(|name| (*name, 0)).collect(),
        }
    }

    /// The next target: points that are left first, then the shuffled ones, until enough were killed.
    pub fn draw(&mut self) -> Option<Target> {
        if let Some((name, tries)) = self.left.iter_mut().find(|(_, tries)| *tries < TRIES) {
            *tries += 1;
            return Some(Target::Point(name));
        }
        if self.done >= self.kills {
            return None;
        }
        Some(self.cards.pop().unwrap_or(Target::Moment))
    }

    pub fn played(&mut self, played: &Played) {
        self.done += played.hits.len();
        let hit = |name: &'static str| {
            played
                .hits
                .iter()
                .any(|hit| hit.target == Target::Point(name))
        };
        self.left.retain(|(name, _)| !hit(name));
    }

    /// Points at which nobody could be killed.
    pub fn unreached(&self) -> Option<Vec<&'static str>> {
        (!self.left.is_empty()).then(|| self.left.iter().map(|(name, _)| *name).collect())
    }
}
