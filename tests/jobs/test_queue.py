"""Jobs and a scheduler that the test plays: what is handed out again, what is let go, and what is told."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from distributed import KilledWorker

from ae_core.errors import StoreError
from ae_core.jobs.cluster import ClusterError, Look, SchedulerEndedError, UnfitError
from ae_core.jobs.job import Job, Queue
from ae_core.jobs.queue import JobQueue, Pace
from ae_core.jobs.states import State
from ae_core.jobs.worker import Kind

KIND = Kind("a module:KIND", None, None)


class Record:
    def __init__(self, name, state=State.QUEUED):
        self.id = name
        self.now, self.message, self.is_there = state, "", True

    def exists(self):
        return self.is_there

    def state(self):
        return self.now

    def set_state(self, state, message="", by=""):
        self.now, self.message, self.by = state, message, by


class Played:
    """A cluster whose answers the test writes; `own` as this machine's."""

    def __init__(self, own=True):
        self.is_own, self.answer, self.sent, self.closed, self.mended = (
            own,
            Look((), (), {"w1"}),
            [],
            False,
            0,
        )
        self.ended = None
        self.only = []  # the workers that each job sent may go to
        self.cancelled = []

    def look(self):
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def submit(self, arguments, key, priority, only=frozenset()):  # noqa: ARG002
        self.sent.append(key)
        self.only.append(only)
        return SimpleNamespace(
            status="pending",
            exception=lambda timeout: self.ended,  # noqa: ARG005
            cancel=lambda force: self.cancelled.append(key),  # noqa: ARG005
        )

    def mend(self):
        self.mended += 1

    def close(self):
        self.closed = True


class Stepped(JobQueue):
    """A queue whose thread is the test: it takes each step itself."""

    def start(self):
        """There is no thread."""


@pytest.fixture
def jobs():
    jobs = Stepped(Pace(settle=-1, silence=-1))
    jobs.cluster = Played()
    jobs.step()
    return jobs


def given(jobs, name="a", **options) -> Job:
    job = Job(Record(name), KIND, "/runs", "me", **options)
    jobs.give(job)
    jobs.step()
    return job


def look(jobs, running=(), waiting=(), workers=("w1",), refused=""):
    jobs.cluster.answer = Look(tuple(running), tuple(waiting), frozenset(workers), refused)
    jobs.step()


def test_what_is_given_waits_at_once_and_in_its_turn(jobs):
    jobs.give(Job(Record("late"), KIND, "/runs", "me", priority=-2))
    jobs.give(Job(Record("soon"), KIND, "/runs", "me", priority=1))
    assert jobs.look() == Queue((), ("soon", "late"))
    jobs.step()
    assert [key.split("/")[1] for key in jobs.cluster.sent] == ["soon", "late"]
    assert jobs.look().place("late") == 1


def test_what_waits_already_is_not_given_twice_and_what_runs_may_be_given_again(jobs):
    job = given(jobs)
    look(jobs, waiting=[job.key])
    given(jobs)
    assert len(jobs.cluster.sent) == 1
    look(jobs, running=[job.key])
    given(jobs)
    assert len(set(jobs.cluster.sent)) == 2


@pytest.mark.parametrize("state", [State.FINISHED, State.PAUSED, State.STOPPED, State.FAILED])
def test_what_its_worker_has_ended_is_let_go(jobs, state):
    job = given(jobs)
    look(jobs, running=[job.key])
    job.record.now = state
    look(jobs)
    assert not jobs.has("a")
    assert len(jobs.cluster.sent) == 1


def test_a_deleted_record_is_let_go(jobs):
    job = given(jobs)
    job.record.is_there = False
    look(jobs)
    assert not jobs.has("a")


def test_a_job_that_lost_its_worker_says_that_it_waits_and_the_page_says_why(jobs):
    job = given(jobs)
    look(jobs, running=[job.key])
    job.record.now = State.RUNNING
    look(jobs, waiting=[job.key], workers=())
    assert job.record.now is State.QUEUED
    assert "was lost; a new one is being started" in jobs.trouble
    look(jobs, running=[job.key], workers=("w2",))
    assert jobs.trouble == ""
    assert jobs.cluster.mended


@pytest.mark.parametrize("error", [SchedulerEndedError("gone"), ClusterError("timed out")])
def test_with_its_scheduler_lost_a_job_is_submitted_to_the_next(jobs, error):
    job, old, new = given(jobs), jobs.cluster, Played()
    job.record.now = State.RUNNING
    old.answer = error
    jobs.step()
    assert old.closed
    assert job.record.now is State.QUEUED
    assert jobs.look() == Queue((), ("a",))
    assert "was lost" in jobs.trouble
    jobs.own = lambda: new
    jobs.step()
    assert len(new.sent) == 1
    assert new.sent != old.sent


def test_a_scheduler_that_is_slow_to_answer_once_is_kept(jobs):
    jobs.pace = Pace()
    jobs.cluster.answer = ClusterError("timed out")
    cluster = jobs.cluster
    jobs.step()
    assert jobs.cluster is cluster
    assert not cluster.closed


def test_what_the_workers_of_somebody_else_may_still_have_is_not_handed_out_twice(jobs):
    jobs.cluster, jobs.address = Played(own=False), "tls://there:8786"
    job = given(jobs)
    job.record.now = State.RUNNING
    look(jobs)
    assert len(jobs.cluster.sent) == 1
    job.record.now = State.INTERRUPTED  # its worker fell silent
    look(jobs)
    assert len(jobs.cluster.sent) == 2
    look(jobs, workers=())
    assert "The cluster at tls://there:8786 has no worker" in jobs.trouble


def test_a_scheduler_of_another_version_is_told_in_its_own_words(jobs):
    def refuses(address):
        raise UnfitError(f"The scheduler at {address} has version 0.1")

    jobs.foreign = refuses
    jobs.cluster, jobs.address = None, "tcp://there:8786"
    jobs.step()
    assert jobs.trouble == "The scheduler at tcp://there:8786 has version 0.1"


def test_beside_a_worker_that_is_refused_the_others_get_all_jobs(jobs):
    jobs.cluster, jobs.address = Played(own=False), "tcp://there:8786"
    look(jobs, workers=["w1", "w2"], refused="w3 has no lab")
    given(jobs)
    assert jobs.cluster.only == [{"w1", "w2"}]
    assert jobs.trouble == "w3 has no lab"
    look(jobs)
    assert jobs.trouble == ""
    given(jobs, "b")
    assert set(jobs.cluster.only[1:]) == {frozenset()}


def test_where_all_workers_are_refused_jobs_wait_here(jobs):
    jobs.cluster, jobs.address = Played(own=False), "tcp://there:8786"
    look(jobs, workers=(), refused="w3 has no lab")
    given(jobs)
    assert (jobs.cluster.sent, jobs.look(), jobs.trouble) == ([], Queue((), ("a",)), "w3 has no lab")
    look(jobs)
    assert len(jobs.cluster.sent) == 1


def test_what_a_worker_got_before_it_was_refused_goes_to_another(jobs):
    """It could not begin with it: that is no failure of the job."""
    jobs.cluster, jobs.address = Played(own=False), "tcp://there:8786"
    job = given(jobs)
    job.task.status = "error"
    look(jobs, refused="w3 has no lab")
    assert job.record.now is State.QUEUED
    assert jobs.cluster.only == [frozenset(), {"w1"}]


def test_what_may_only_go_to_workers_that_are_gone_goes_to_others(jobs):
    jobs.cluster, jobs.address = Played(own=False), "tcp://there:8786"
    look(jobs, refused="w3 has no lab")
    job = given(jobs)
    look(jobs, waiting=[job.key], workers=["w2"])
    assert jobs.cluster.cancelled == jobs.cluster.sent[:1]
    assert jobs.cluster.only == [{"w1"}, frozenset()]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (KilledWorker("job", None, 3), "ended unexpectedly several times"),
        (ValueError("odd"), "ValueError: odd"),
        (StoreError("s3://lab cannot be used"), "s3://lab cannot be used"),
    ],
)
def test_what_kills_its_workers_again_and_again_is_given_up_and_says_so(jobs, error, told):
    jobs.cluster.ended = error
    job = given(jobs)
    job.kind = replace(KIND, given_up=State.PAUSED)
    look(jobs, running=[job.key])
    job.record.now, job.task.status = State.RUNNING, "error"
    look(jobs)
    assert (job.record.now, jobs.has("a")) == (State.PAUSED, False)
    assert told in job.record.message
    assert len(jobs.cluster.sent) == 1


def test_a_cluster_that_cannot_be_started_is_told_and_tried_again(jobs):
    def fails():
        raise ClusterError("no port is free")

    jobs.own, jobs.cluster = fails, None
    assert jobs.step() > 0
    assert "cannot be started (no port is free)" in jobs.trouble
    jobs.own = Played
    jobs.step()
    assert jobs.trouble == ""


def test_nothing_is_known_of_the_queue_before_the_first_look():
    jobs = JobQueue()
    assert jobs.look() is None
    assert not jobs.has("a")
    jobs.close()
