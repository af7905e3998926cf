//! Who has a place: where all are taken, a newcomer gets that of the connection on which nothing was in work for the longest
//! time. Connections that say nothing, or do not read their answer, so keep nobody out.

use std::convert::Infallible;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use axum::Router;
use axum::response::Response;
use hyper::Request;
use hyper::body::Incoming;
use hyper::service::{Service, service_fn};
use hyper_util::service::TowerToHyperService;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::task::AbortHandle;
use tracing::debug;

/// A request is in work.
const BUSY: u64 = u64::MAX;

/// One connection: since when nothing was in work on it, in steps of [`Seats::steps`].
#[derive(Debug, Default)]
pub(super) struct Seat(AtomicU64);

/// The places, and the connections that have them.
#[derive(Debug)]
pub(super) struct Seats {
    places: Arc<Semaphore>,
    taken: Mutex<Vec<(Weak<Seat>, AbortHandle)>>,
    /// Grows whenever a connection comes, or has nothing in work any more.
    steps: AtomicU64,
    /// A connection has nothing in work any more.
    idle: Notify,
}

impl Seats {
    pub(super) fn new(places: usize) -> Self {
        Self {
            places: Arc::new(Semaphore::new(places)),
            taken: Mutex::default(),
            steps: AtomicU64::new(0),
            idle: Notify::new(),
        }
    }

    /// A place for a connection that just came.
    pub(super) async fn place(&self) -> Option<OwnedSemaphorePermit> {
        loop {
            if let Ok(place) = Arc::clone(&self.places).try_acquire_owned() {
                return Some(place);
            }
            let place = Arc::clone(&self.places).acquire_owned();
            // The semaphore is never closed.
            if self.close_idle() {
                return place.await.ok();
            }
            tokio::select! {
                place = place => return place.ok(),
                () = self.idle.notified() => {}
            }
        }
    }

    /// Somebody has a place now, and is cut by this handle.
    pub(super) fn add(&self, seat: &Arc<Seat>, cut: AbortHandle) {
        self.is_idle(seat);
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.len() == taken.capacity() {
            taken.retain(|(_, cut)| !cut.is_finished());
        }
        taken.push((Arc::downgrade(seat), cut));
    }

    /// Closes the connection on which nothing was in work for the longest time; says whether there was one.
    pub(super) fn close_idle(&self) -> bool {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.retain(|(_, cut)| !cut.is_finished());
        let since = |seat: &Weak<Seat>| seat.upgrade().map_or(BUSY, |seat| seat.0.load(Ordering::Relaxed));
        let oldest = taken.iter().map(|(seat, _)| since(seat)).enumerate().min_by_key(|(_, since)| *since);
        let Some((at, _)) = oldest.filter(|(_, since)| *since != BUSY) else { return false };
        let (_, cut) = taken.swap_remove(at);
        cut.abort();
        debug!("all places are taken; the connection that was idle for the longest time is closed");
        true
    }

    fn is_idle(&self, seat: &Seat) {
        seat.0.store(self.steps.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
        self.idle.notify_one();
    }
}

/// The router as a service, which says of its connection whether a request is in work.
pub(super) fn watched(
    router: Router,
    seat: &Arc<Seat>,
    seats: &Arc<Seats>,
) -> impl Service<Request<Incoming>, Response = Response, Error = Infallible, Future: Send> + use<> {
    let (service, seat, seats) = (TowerToHyperService::new(router), Arc::clone(seat), Arc::clone(seats));
    service_fn(move |request| {
        let (seat, seats) = (Arc::clone(&seat), Arc::clone(&seats));
        seat.0.store(BUSY, Ordering::Relaxed);
        let answer = service.call(request);
        async move {
            let answer = answer.await;
            seats.is_idle(&seat);
            answer
        }
    })
}
