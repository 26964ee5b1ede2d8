"""The worker: one thread hears the client, the main thread does the jobs, others do what goes beside them."""

from __future__ import annotations

import faulthandler
import logging
import os
import sys
import threading
import time
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn

from penumbra import __version__
from penumbra.errors import MachineError
from penumbra.protocol import Broken, Notification, Refusal, Request
from penumbra.worker.answers import LOG, Answers
from penumbra.worker.jobs import NOTHING_DONE, Job, Jobs, StopRequested
from penumbra.worker.line import Line
from penumbra.worker.loading import loading
from penumbra.worker.requests import Requests
from penumbra.worker.streams import take_streams

if TYPE_CHECKING:
    from penumbra.worker.work import Work

# A GPU's memory belongs to Nuke: without a job for so many seconds, models are let go.
KEEP_MODELS_SECONDS = 600.0
# What the frame in hand gets when the client has gone. A client that is polite waits a little longer than this.
LEAVING_SECONDS = 1.5


def serve(commands: Sequence[str], keep_models: float = KEEP_MODELS_SECONDS) -> NoReturn:
    """Serve the client on stdin and stdout until it goes, and the process ends. For the main thread.

    Args:
        commands: The names of the command line, which the client is told.
        keep_models: Seconds without a job after which models are let go.
    """
    streams = take_streams()
    # What is told of a crash in C is in the log, and so in the client's words.
    faulthandler.enable()
    logging.basicConfig(stream=sys.stderr, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    LOG.setLevel(logging.INFO)
    LOG.info("Penumbra %s, worker, process %d. It waits for a program to say hello.", __version__, os.getpid())
    Worker(Line(streams), commands).serve(keep_models)


class Worker:
    """One client, its shots, and their jobs.

    Args:
        line: To the client.
        commands: The names of the command line.
    """

    def __init__(self, line: Line, commands: Sequence[str]) -> None:
        self._line = line
        self._answers = Answers(line)
        self._jobs = Jobs()
        self._requests = Requests(self._answers, self._jobs, commands)
        self._work: Work | None = None

    def serve(self, keep_models: float) -> NoReturn:
        """Serve until the client has gone, and end the process.

        The network runs in this thread, as it does on the command line: so do its own threads, and their number.
        """
        threading.Thread(target=self._hear, daemon=True).start()
        self._prepare()
        while not self._jobs.is_leaving:
            models = self._work.models if self._work is not None else None
            job = self._jobs.turn(keep_models if models is not None and models.are_there else None)
            if job is not None:
                self._step(job)
            elif models is not None and not self._jobs.is_leaving:
                LOG.info("The model is let go: there was no job for %g seconds.", keep_models)
                models.let_go()
        for job in self._jobs.begun:
            job.end()
        LOG.info("The program has gone, and so does the worker.")
        # Taking torch apart takes longer, and nothing that matters is left in memory.
        os._exit(0)

    def _prepare(self) -> None:
        """Import what is heavy, but not before there is a use for it: a hello is answered at once."""
        self._requests.needs_libraries.wait()
        try:
            if not self._jobs.is_leaving:
                self._libraries()
        except MachineError as fault:
            LOG.error("%s", fault)
        self._requests.libraries_are_there()

    def _libraries(self) -> Work:
        if self._work is None:
            began = time.monotonic()
            with loading():
                from penumbra.worker.work import Work, loaded
            LOG.info("The libraries are loaded, in %.2f s.", time.monotonic() - began)
            self._work = Work.keeping_models(loaded)
        return self._work

    def _step(self, job: Job) -> None:
        self._answers.answer(job.request, partial(self._result, job))

    def _result(self, job: Job) -> dict[str, Any] | None:
        """Go on with a job; once it is over, one way or the other, it is none any more before that is told."""
        is_over = True
        try:
            result = self._gone_on(job)
            is_over = result is not None
            return result
        finally:
            if is_over:
                job.end()
                self._jobs.over(job)
                LOG.info("%s %s is over.", job.request.method, job.request.id)

    def _gone_on(self, job: Job) -> dict[str, Any] | None:
        """One step of a job; what it is answered with, once it is over."""
        # Asked once: another thread may change it at any time.
        stopping = job.stopping
        if job.steps is None:
            if stopping:
                return NOTHING_DONE
            LOG.info("%s %s begins: %s", job.request.method, job.request.id, job.order.out)
            self._line.send(Notification("started", {"job": job.request.id}))
            job.steps = job.begin(self._libraries())
        stops, job.knows = stopping and not job.knows, stopping
        try:
            told = job.steps.throw(StopRequested()) if stops else next(job.steps)
        except StopIteration as end:
            result: dict[str, Any] = end.value
            return result
        if told is not None:
            self._line.send(told)
        return None

    def _hear(self) -> None:
        """In a thread: what the client asks, until it has gone. Whatever ends it, a worker that is deaf must go."""
        try:
            for message in self._line.messages():
                if isinstance(message, Request):
                    self._requests.take(message)
                elif isinstance(message, Broken):
                    LOG.warning("Something arrived that is no request: %s", message.message)
                    self._line.send(Refusal(message.id, message.code, message.message))
        finally:
            if sys.exc_info()[0] is not None:
                LOG.exception("The line to the program is broken:")
            self._leave()

    def _leave(self) -> None:
        self._jobs.leave()
        self._requests.needs_libraries.set()
        time.sleep(LEAVING_SECONDS)
        # Files are written aside, and the lock ends with the process: nothing half-done is left.
        LOG.warning("The program has gone, and the frame in hand is left.")
        os._exit(0)
