//! Plays a row at a step of a whole change, looks at how it ended, mends the wire, and goes on until the truth is there.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use readdress_core::ask::Settle;
use readdress_core::change::State;
use readdress_core::error::{Code, Problem};
use readdress_core::view::ChangeView;
use readdress_sandbox::Service;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::gate::Line;
use crate::room::{Case, Room, SECRET};
use crate::row::{End, Fault, Means, Row, Step, end};

/// Nothing may take longer: the longest limits of a change's calls together, and a good deal.
const HANGS: Duration = Duration::from_secs(90);
/// So many rows at once.
const AT_ONCE: usize = 48;

/// One line of the table.
struct Played {
    line: String,
    wrong: Vec<String>,
}

/// Plays all rows, prints the table, and fails with all that was wrong.
pub async fn play(family: &str, room: &Arc<Room>, rows: Vec<Row>) {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let mut set = JoinSet::new();
    let mut number = 0;
    for (turn, row) in rows.into_iter().enumerate() {
        let row = Arc::new(row);
        for step in row.at.clone() {
            let services = row.services_at(step, turn);
            assert!(
                !services.is_empty(),
                "{} cannot be played at {step:?}",
                row.what
            );
            for service in services {
                for taken in row.taken(step, service) {
                    let (room, row, places) =
                        (Arc::clone(room), Arc::clone(&row), Arc::clone(&places));
                    number += 1;
                    let place = number;
                    set.spawn(async move {
                        let _place = places.acquire_owned().await.expect("never closed");
                        (place, play_at(&room, &row, step, service, taken).await)
                    });
                }
            }
        }
    }
    let mut played = Vec::new();
    while let Some(one) = set.join_next().await {
        played.push(one.expect("no row panics"));
    }
    played.sort_by_key(|(place, _)| *place);
    eprintln!("\n{family}");
    for (_, one) in &played {
        eprintln!("  {}", one.line);
    }
    let wrong: Vec<_> = played
        .iter()
        .filter(|(_, one)| !one.wrong.is_empty())
        .map(|(_, one)| format!("{}\n      {}", one.line, one.wrong.join("\n      ")))
        .collect();
    assert!(
        wrong.is_empty(),
        "{} of {}:\n  {}",
        wrong.len(),
        played.len(),
        wrong.join("\n  ")
    );
    room.assert_no_secret_on_disk();
}

async fn play_at(room: &Room, row: &Row, step: Step, service: Service, taken: bool) -> Played {
    let case = room.case(service, step == Step::Cancel, row.tls).await;
    let (change, code) = prepare(room, &case, step).await;
    let before = room.count(&case, step.route()).taken;
    set(&case, row, step, taken).await;

    let (asked_at, begun) = (Timestamp::now(), Instant::now());
    let acted = tokio::time::timeout(HANGS, act(room, &case, step, change, code.as_deref())).await;
    let (took, now) = (begun.elapsed(), Timestamp::now());
    let mut wrong = Vec::new();
    let Ok((view, problem)) = acted else {
        let line = format!("{} · {step:?} · {service:?} · hangs", row.what);
        return Played {
            line,
            wrong: vec!["it hangs".to_owned()],
        };
    };
    let received = case.gate.received(step.route());
    let effect = room.count(&case, step.route()).taken - before;
    case.gate.mend().await;

    let means = row.means_at(step, service);
    let wire = matches!(row.fault, Fault::Wire(_));
    let problem = problem.as_ref();
    let seen = End {
        state: view.as_ref().map(|view| view.state),
        code: problem.map(|problem| problem.code),
        why: problem.and_then(|problem| said_why(problem, means)),
        kept: view.as_ref().is_some_and(|view| view.has_value),
        received,
    };
    let mut wanted = end(step, means, wire);
    // A change that is over keeps nothing, an unknown one all that it had.
    if step != Step::Verify || means == Means::Harmless {
        wanted.kept = seen.kept;
    }
    if wanted != seen {
        wrong.push(format!("wanted {wanted:?}, saw {seen:?}"));
    }
    if matches!(
        step,
        Step::Request | Step::Verify | Step::Resend | Step::Cancel
    ) && (effect == 1) != taken
    {
        wrong.push(format!("taken {effect} times"));
    }
    if step == Step::Cancel
        && view.as_ref().and_then(|view| view.cancelled_there) != Some(means == Means::Harmless)
    {
        wrong.push("cancelled there, or not?".to_owned());
    }
    let asked = match means {
        Means::Limited(seconds) => Some(seconds.unwrap_or(own_wait(step, service))),
        Means::Down(_, seconds) => Some(seconds),
        _ => None,
    };
    if let Some(seconds) = asked {
        let until = problem
            .and_then(|problem| problem.retry_at)
            .unwrap_or(Timestamp::UNIX_EPOCH);
        let wait = jiff::SignedDuration::from_secs(seconds);
        if step != Step::Cancel && !(asked_at + wait..=now + wait).contains(&until) {
            wrong.push(format!("{seconds} s after {asked_at} is not {until}"));
        }
    }
    if let Some((least, most)) = row.within {
        let took = took.as_millis();
        if !(u128::from(least)..=u128::from(most)).contains(&took) {
            wrong.push(format!("took {took} ms"));
        }
    }
    let truth = match Box::pin(to_the_truth(room, &case, step, view.clone())).await {
        Ok(truth) => truth,
        Err(wrongs) => {
            wrong.push(wrongs);
            "?".to_owned()
        }
    };
    wrong.extend(effects(room, &case, step, taken, means));
    wrong.extend(leaks(room, &case, view.as_ref(), problem).await);
    room.learn(&case);
    let state = seen.state.map_or("-", State::as_str);
    let code = seen.code.map_or_else(|| "-".to_owned(), Code::as_str);
    let why = seen.why.map(|why| format!(" ({why})")).unwrap_or_default();
    let line = format!(
        "{:<44} {:<8} {:<12} {} {:<14} {:<32} got {received}  {truth}",
        row.what,
        format!("{step:?}").to_lowercase(),
        service.id(),
        if taken { "taken    " } else { "not taken" },
        state,
        format!("{code}{why}"),
    );
    Played { line, wrong }
}

fn said_why(problem: &Problem, means: Means) -> Option<String> {
    let exact = matches!(means, Means::NotSent(..) | Means::TurnedAway(..));
    let why = problem.params.get("cause");
    why.or(problem.params.get("reason").filter(|_| exact))
        .cloned()
}

/// What the manifests say where a service does not.
fn own_wait(step: Step, service: Service) -> i64 {
    match (service, step) {
        (Service::ManncoStore, Step::Request | Step::Resend) => 300,
        _ => 60,
    }
}

/// Up to the call that is to be spoilt.
async fn prepare(room: &Room, case: &Case, step: Step) -> (Option<uuid::Uuid>, Option<String>) {
    if matches!(step, Step::Read | Step::Request) {
        // A login that it needs is not the call in question.
        let read = room.engine.read_profile(case.profile).await;
        read.expect("it can be read");
    }
    if matches!(step, Step::Login | Step::Read | Step::Request) {
        return (None, None);
    }
    let view = room
        .engine
        .request_change(room.ask(case))
        .await
        .expect("it is sent");
    assert_eq!(view.state, State::AwaitingCode, "{:?}", view.problem);
    (Some(view.id), room.code(case))
}

async fn set(case: &Case, row: &Row, step: Step, taken: bool) {
    match &row.fault {
        Fault::Wire(spoil) => case.gate.spoil(step.route(), spoil.clone(), taken),
        Fault::Line(line) => {
            // The read before a request, or the accepted code before a read-back, goes through.
            let first = matches!(step, Step::Request | Step::ReadBack);
            let skip = usize::from(first && !matches!(line, Line::Refused | Line::Full));
            case.gate.break_line(skip, line.clone()).await;
        }
    }
}

/// The spoilt call, as a person makes it.
async fn act(
    room: &Room,
    case: &Case,
    step: Step,
    change: Option<uuid::Uuid>,
    code: Option<&str>,
) -> (Option<ChangeView>, Option<Problem>) {
    let engine = &room.hasty;
    let id = change.unwrap_or_default();
    let view = match step {
        Step::Read => return (None, engine.read_profile(case.profile).await.err()),
        Step::Login | Step::Request => engine.request_change(room.ask(case)).await,
        Step::Verify | Step::ReadBack => engine.submit_code(id, code.expect("a code")).await,
        Step::Resend => engine.resend_code(id, &BTreeMap::new(), true).await,
        Step::Cancel => engine.cancel_change(id).await,
    };
    let view = view.expect("it can be asked for");
    let problem = view.problem.clone();
    (Some(view), problem)
}

/// With the wire mended: reads, codes and the user's word lead to what the service really holds.
async fn to_the_truth(
    room: &Room,
    case: &Case,
    step: Step,
    view: Option<ChangeView>,
) -> Result<String, String> {
    let engine = &room.engine;
    let mut way = Vec::new();
    let Some(mut view) = view else {
        let read = engine
            .read_profile(case.profile)
            .await
            .map_err(|problem| format!("{problem:?}"))?;
        return match read.email {
            Some(_) => Ok("read".to_owned()),
            None => Err("nothing was read".to_owned()),
        };
    };
    if step == Step::Cancel {
        return Ok("cancelled".to_owned());
    }
    let none = BTreeMap::new();
    for _ in 0..6 {
        let next = match view.state {
            State::Changed if room.holds(case) == case.to => {
                way.push("changed");
                return Ok(way.join(" > "));
            }
            State::Changed => return Err(format!("changed, but it holds {:?}", room.holds(case))),
            State::Planned | State::Refused => {
                way.push("again");
                engine.request_change(room.ask(case)).await
            }
            State::Unknown if way.last() != Some(&"check") => {
                way.push("check");
                engine.settle_change(view.id, Settle::Check, &none).await
            }
            // A mail came, so it was taken; none came, and the user has it sent again.
            State::Unknown => match room.code(case) {
                Some(code) => {
                    way.push("code");
                    engine.submit_code(view.id, &code).await
                }
                None => {
                    way.push("send again");
                    engine
                        .settle_change(view.id, Settle::SendAgain, &none)
                        .await
                }
            },
            State::AwaitingCode => {
                let kept = view.has_value && step == Step::Verify;
                way.push(if kept { "kept code" } else { "code" });
                let code = if kept {
                    String::new()
                } else {
                    room.code(case).ok_or("no mail")?
                };
                engine.submit_code(view.id, &code).await
            }
            other => return Err(format!("stays {}", other.as_str())),
        };
        view = next.map_err(|problem| format!("{}: {problem:?}", way.join(" > ")))?;
    }
    Err(format!("no end: {}", way.join(" > ")))
}

/// What the service did in all, by its own count: never a thing twice.
fn effects(room: &Room, case: &Case, step: Step, taken: bool, means: Means) -> Vec<String> {
    if matches!(step, Step::Read | Step::Cancel) {
        return Vec::new();
    }
    let requests = if step == Step::Resend && taken { 2 } else { 1 };
    let mut wrong = Vec::new();
    for (route, wanted) in [("request", requests), ("verify", 1)] {
        let count = room.count(case, route).taken;
        if count != wanted {
            wrong.push(format!(
                "{route} had its effect {count} times in all, not {wanted} ({means:?})"
            ));
        }
    }
    wrong
}

/// Neither problem nor journal may hold a secret or a path.
async fn leaks(
    room: &Room,
    case: &Case,
    view: Option<&ChangeView>,
    problem: Option<&Problem>,
) -> Vec<String> {
    let mut told = format!(
        "{problem:?} {}",
        serde_json::to_string(&problem).expect("json")
    );
    if let Some(view) = view {
        let whole = room.engine.change(view.id).await.expect("it is there");
        told += &serde_json::to_string(&whole).expect("json");
    }
    let profile = room.engine.profile(case.profile).expect("it is there");
    told += &serde_json::to_string(&profile.problem).expect("json");
    let mut hidden = vec![SECRET.to_owned()];
    hidden.extend(["/instances/", "/api/v2", "/user/", "/security"].map(str::to_owned));
    hidden.extend(case.gate.bearers());
    let found = hidden
        .into_iter()
        .filter(|word| told.contains(word.as_str()));
    found.map(|word| format!("{word} in {told}")).collect()
}
