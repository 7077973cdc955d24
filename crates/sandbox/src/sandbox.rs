//! Starting and stopping: five servers on 127.0.0.1, each on a free port.

use crate::Service;
use crate::clock::Clock;
use crate::codes::letters;
use crate::control::control_router;
use crate::knobs::Knobs;
use crate::recorder::recorder_router;
use crate::saved;
use crate::server::{serve, service_router};
use crate::settings::Settings;
use crate::shared::Shared;
use crate::wire::Gate;
use crate::world::World;
use jiff::Timestamp;
use serde::Serialize;
use std::io;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// How a sandbox starts.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Where its clock starts; None: now.
    pub clock_start: Option<Timestamp>,
    /// The token of the control routes; None: a random one.
    pub token: Option<String>,
    /// The knobs at the start.
    pub settings: Settings,
    /// What [`Knobs::save`] gave: accounts, tokens, mails, knobs and the moved clock; then the clock and the
    /// settings above are not used.
    pub restore: Option<String>,
}

/// Where the servers are. A service's URL is an origin: keep the path of its real base URL behind it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Urls {
    pub z_api: String,
    pub webshare: String,
    pub mannco_store: String,
    /// The JSON list of mails: `?to=` one address, `?since=` after this id. Needs no token.
    pub mailbox: String,
}

impl Urls {
    /// The origin of one service.
    pub fn of(&self, service: Service) -> &str {
        match service {
            Service::ZApi => &self.z_api,
            Service::Webshare => &self.webshare,
            Service::ManncoStore => &self.mannco_store,
        }
    }
}

/// A running sandbox; dropping it stops its servers. All knobs are methods of [`Knobs`], reached through it.
#[derive(Debug)]
pub struct Sandbox {
    knobs: Knobs,
    urls: Urls,
    control: String,
}

impl Sandbox {
    /// Starts all servers; must be called inside a tokio runtime.
    ///
    /// # Errors
    /// When no port is free on 127.0.0.1; `InvalidData` when `restore` is not what `save` gave.
    pub async fn start(options: Options) -> io::Result<Self> {
        let world = match &options.restore {
            Some(text) => saved::restore(text, Timestamp::now())
                .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?,
            None => World::new(Clock::new(options.clock_start), options.settings),
        };
        let token = options.token.unwrap_or_else(|| letters(32));
        let outbox = world.outbox.clone();
        let shared = Arc::new(Shared::new(world, token));
        shared.keep(tokio::spawn(outbox.run(Arc::clone(&shared))));
        let knobs = Knobs {
            shared: Arc::clone(&shared),
        };

        let recorder = serve(
            &shared,
            Gate::open(None).await?,
            recorder_router(Arc::clone(&shared)),
        )?;
        shared.set_recorder_origin(format!("http://{recorder}"));
        let mut origins = Vec::new();
        for service in Service::ALL {
            let router = service_router(Arc::clone(&shared), service);
            origins.push(format!(
                "http://{}",
                serve(&shared, Gate::open(None).await?, router)?
            ));
        }
        let control = serve(
            &shared,
            Gate::open(None).await?,
            control_router(knobs.clone()),
        )?;
        let [z_api, webshare, mannco_store] = <[String; 3]>::try_from(origins)
            .map_err(|_| io::Error::other("one origin for each service"))?;
        Ok(Self {
            knobs,
            urls: Urls {
                z_api,
                webshare,
                mannco_store,
                mailbox: format!("http://{control}/mails"),
            },
            control: format!("http://{control}"),
        })
    }

    pub fn urls(&self) -> &Urls {
        &self.urls
    }

    /// The origin of the control routes (README.md lists them).
    pub fn control_url(&self) -> &str {
        &self.control
    }

    /// A handle to give away.
    pub fn knobs(&self) -> Knobs {
        self.knobs.clone()
    }

    /// Stops the servers and waits, at most two seconds for each, until their ports are closed.
    pub async fn stop(self) {
        for mut server in self.knobs.shared.stop() {
            if timeout(Duration::from_secs(2), &mut server).await.is_err() {
                server.abort();
            }
        }
    }
}

impl Deref for Sandbox {
    type Target = Knobs;

    fn deref(&self) -> &Knobs {
        &self.knobs
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // The tasks end by themselves once they are told.
        drop(self.knobs.shared.stop());
    }
}
