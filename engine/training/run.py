"""Train a network on chips and write it as a model folder: the fourth of the five steps."""

from __future__ import annotations

import errno
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from .. import errors
from ..jobs import TrainJob
from ..models import NetworkSpec
from ..progress import Reporter, Section, check
from .batches import ALONE, Batches, Cut, Share, TrainingBatches
from .callbacks import Recorder, Watch
from .finetune import plan_transfer
from .finish import Outcome, draw_samples, finish, samples_of
from .fitting import hardware_options, make_trainer
from .freezing import freeze, freezing_sentences
from .lesson import Lesson, Plan
from .monitors import merit
from .network import Scaling, build_network
from .prepare import Choice, free_name, gather, make_sampler, understand
from .problems import DivergedError
from .quiet import calm_libraries
from .record import start_record
from .runfolder import RunFolder
from .sharing import fit_together, share_here
from .tuning import RATES, FoundRate, find_batch_size, find_learning_rate, usual_rates

_FEWEST_STEPS_TO_TUNE = 80
_OUT_OF_MEMORY = ("out of memory", "not enough memory", "can't allocate memory", "bad_alloc")


def train_model(job: TrainJob, reporter: Reporter) -> dict[str, Any]:
    """Train as the job says and return ``model``, ``last_model``, ``folder``, ``report``, ``best_metric`` ...

    Unfinished work lies in ``<output>.partial``; the same job goes on there from its last whole epoch.

    Raises:
        InputError: for anything in job or chips that cannot be used, before work starts.
        CancelledError: within a second or two of the wish; no model folder is left.
        DiskFullError, OutOfMemoryError: the best epoch so far stays in the unfinished folder.
    """
    folder = RunFolder(free_name(job.output))
    folder.check()
    with calm_libraries():
        training = _Training(job, folder, reporter)
        training.open()
        try:
            return training.run()
        except errors.CancelledError:
            if not folder.last.is_file():
                folder.drop()
                raise
            # Who looks at it later should know whether anybody wanted it.
            folder.log("cancelled", orphaned=bool(getattr(reporter, "orphaned", False)))
            raise
        except DivergedError:
            # The remedy is another learning rate, which is another job: nothing to go on from.
            folder.drop()
            raise
        except Exception as error:
            folder.log_failure(error)
            if isinstance(error, OSError) and error.errno == errno.ENOSPC:
                raise errors.DiskFullError(path=folder.partial) from error
            raise
        finally:
            folder.let_go()


def fit_share(job: TrainJob, reporter: Reporter) -> dict[str, Any]:
    """Go through the epochs with this process's share of the batches; see :mod:`.sharing`."""
    folder = RunFolder(Path(job.output))
    folder.join()
    with calm_libraries():
        _Training(job, folder, reporter, share_here()).fit()
    return {}


def _spec(choice: Choice) -> NetworkSpec:
    return NetworkSpec(
        bands=choice.chip_set.bands,
        outputs=len(choice.classes),
        backbone=choice.backbone,
        chip_size=max(choice.controls.size),
        weights=choice.job.backbone_weights.strip(),
        arguments=choice.model_type.settle(choice.arguments),
        weight_init=choice.job.weight_init_scheme,
    )


class _Training:
    """One training: what the job asks for, checked, with its chips at hand, and its way to the model folder.

    ``share`` is this process's part where several train together.
    """

    def __init__(self, job: TrainJob, folder: RunFolder, reporter: Reporter, share: Share = ALONE) -> None:
        choice = self._choice = understand(job)
        spec = self._spec = _spec(choice)
        build_network(choice.model_type, spec, job.seed)
        self._transfer = plan_transfer(
            choice.pretrained, choice.model_type, spec, choice.chip_set, choice.classes,
            kept_scaling=choice.kept_scaling,
        )  # fmt: skip
        self._data, self._split = gather(choice, Section(reporter, 0.0, 0.04))
        arguments = choice.model_type.settle(choice.arguments, self._data.sides)
        self._settled = {name: value for name, value in arguments.items() if value != choice.arguments[name]}
        choice = self._choice = replace(choice, arguments=arguments)
        self._spec = _spec(choice)
        self._asked, self._job = job, choice.job
        self._folder, self._reporter, self._share = folder, reporter, share
        self._sampler = make_sampler(choice, self._data, self._split)
        self._cut = Cut(choice.controls.size, choice.model_type.multiple)
        self._watch = Watch(reporter, folder)
        self._samples = samples_of(self._data, self._split)
        self._started = time.time()
        self._resumed = False

    def open(self) -> None:
        """Make the run folder, or find the unfinished one of the same job."""
        learnt = self._choice.pretrained.digest if self._choice.pretrained else ""
        job = self._job.digest("inputs", "output", "report", "processor", "gpu_id", "processes")
        self._resumed = self._folder.open(learnt + job + self._data.digest())

    def run(self) -> dict[str, Any]:
        """Tune, fit, and write the model folder."""
        reporter = self._reporter
        self._folder.log(
            "start", resumed=self._resumed, **start_record(self._choice, self._data, self._split, self._folder)
        )
        self._folder.beat("preparing")
        reporter.metrics({"event": "start", "run_folder": str(self._folder.run)})
        loaded = self._transfer.sentences(self._choice.classes) if self._transfer else ()
        for text in (*loaded, *freezing_sentences(self._job, self._spec, self._transfer)):
            reporter.message(text)
        for name, value in self._settled.items():
            reporter.message(f"The objects ask for {name} {value} (AUTO).")
        batch_size = self._batch_size()
        while not self._folder.state.get("trained"):
            try:
                if (processes := self._processes()) > 1:
                    self._fit_together(batch_size, processes)
                else:
                    self.fit()
                self._folder.remember(trained=True)
            except (RuntimeError, MemoryError) as error:
                batch_size = self._halve(batch_size, error)
        check(reporter, "the training")
        self._folder.beat("finishing")
        outcome = Outcome(
            choice=self._choice,
            data=self._data,
            split=self._split,
            folder=self._folder,
            lesson=self._lesson(self._plan(batch_size, self._rate(batch_size).rate)),
            batches=self._judged_batches(batch_size),
            samples=self._samples,
            started=self._started,
            transfer=self._transfer,
        )
        return finish(outcome, Section(reporter, 0.92, 1.0))

    def _batch_size(self) -> int:
        known = self._folder.state.get("batch_size")
        if known:
            return int(known)
        found = self._job.batch_size
        if not found:
            lesson = self._lesson(Plan(self._job.max_epochs, 1, self._job.seed))
            found = find_batch_size(lesson, self._judged_batches(1), self._batches(1).pieces, self._choice.device)
            self._reporter.message(f"Batch size found: {found}.")
        found = min(found, self._batches(1).pieces)
        self._folder.remember(batch_size=found)
        return found

    def _rate(self, batch_size: int) -> FoundRate:
        """Return the learning rate: given, found before, or found now."""
        if self._job.learning_rate:
            return FoundRate(self._job.learning_rate, "given")
        known = self._folder.state.get("rate")
        if known:
            return FoundRate(**known)
        plan = self._plan(batch_size, RATES.usual)
        lesson = self._lesson(plan)
        rates = usual_rates(lesson.network, loaded=bool(self._transfer))
        steps = plan.epochs * plan.steps
        if steps < _FEWEST_STEPS_TO_TUNE:
            found = FoundRate(rates.usual, "the usual one: the training is too short to look for a better one")
        else:
            self._reporter.progress(0.04, "Looking for the learning rate")
            self._folder.beat("tuning")
            number = min(max(steps // 20, 20), 100)
            batches = self._batches(batch_size)
            found = find_learning_rate(
                lesson, batches, number, self._watch, hardware_options(self._choice.device), rates
            )
        self._reporter.message(f"Learning rate: {found.rate:.3g} ({found.how}).")
        self._folder.remember(rate=vars(found))
        return found

    def _plan(self, batch_size: int, rate: float) -> Plan:
        return Plan(
            epochs=self._job.max_epochs,
            steps=len(self._batches(batch_size)),
            seed=self._job.seed,
            learning_rate=rate,
            mixup=bool(self._choice.arguments.get("mixup")),
            validated=len(self._split.valid) > 0,
        )

    def _batches(self, batch_size: int) -> TrainingBatches:
        return TrainingBatches(self._data, self._sampler, batch_size, self._cut, self._job.seed, self._share)

    def _judged_batches(self, batch_size: int, share: Share = ALONE) -> Batches:
        """Return the validation chips; without any, those that are learnt from."""
        indices = self._split.valid if len(self._split.valid) else self._split.train
        return Batches(self._data, indices, batch_size, self._cut, share)

    def _lesson(self, plan: Plan) -> Lesson:
        choice = self._choice
        network = build_network(choice.model_type, self._spec, self._job.seed)
        if self._transfer is not None:
            self._transfer.apply(network)
        seen = self._sampler.seen_pixels(self._data.counts)
        lesson = Lesson(
            network,
            Scaling(choice.chip_set.stats),
            choice.teaching.grading(choice, seen),
            plan,
            choice.augmentation,
            loaded=bool(self._spec.weights or self._transfer),
        )
        lesson.frozen = freeze(network, self._job, self._spec, self._transfer)
        return lesson

    def _processes(self) -> int:
        """Return how many processes train: each needs something to learn from and to judge."""
        return min(self._choice.processes, self._batches(1).pieces, len(self._judged_batches(1)))

    def _fit_together(self, batch_size: int, processes: int) -> None:
        """Let several processes run the epochs; they take what was found here from the run folder."""
        self._rate(batch_size)
        self._reporter.message(f"Training in {processes} processes, with batches of {batch_size} chips each.")
        job = replace(self._asked, output=str(self._folder.output), processes=processes)
        fit_together(
            job, processes, self._choice.device.type == "cpu", self._folder.run / "processes.log", self._reporter
        )

    def fit(self) -> None:
        """Let Lightning run the epochs, from the last checkpoint where there is one."""
        batch_size = int(self._folder.state["batch_size"])
        rate = self._rate(batch_size)
        plan = self._plan(batch_size, rate.rate)
        lesson = self._lesson(plan)
        key, larger = self._choice.teaching.monitors[self._job.monitor]
        if not plan.validated and key == "valid_loss":
            key = "train_loss"
        samples = self._judged_batches(1)
        recorder = Recorder(
            Section(self._reporter, 0.05, 0.92),
            self._folder,
            lambda values: merit(values, key, larger=larger),
            lambda trained, record: draw_samples(
                trained, samples, self._samples, self._choice.classes,
                self._folder.run / f"samples_epoch_{record['epoch']:04d}.png", record,
            ),
        )  # fmt: skip
        hardware = hardware_options(self._choice.device, self._share.count)
        trainer = make_trainer(self._folder, plan, self._watch, recorder, hardware, early=self._job.stop_early)
        train = self._batches(batch_size)
        judged = plan.validated or self._choice.teaching.judged_apart
        valid = self._judged_batches(batch_size, self._share) if judged else None
        last = self._folder.last if self._folder.last.is_file() else None
        if last is not None:
            done = int(torch.load(last, map_location="cpu", weights_only=True)["epoch"]) + 1
            if self._share.rank == 0:
                self._folder.forget_after(done)
            self._reporter.message(f"Going on after epoch {done} of {plan.epochs}.")
        trainer.fit(lesson, train, valid, ckpt_path=last, weights_only=True)

    def _halve(self, batch_size: int, error: Exception) -> int:
        text = str(error).lower()
        if not (isinstance(error, MemoryError) or any(sign in text for sign in _OUT_OF_MEMORY)):
            raise error
        if batch_size <= 1:
            raise errors.OutOfMemoryError(how="in a step with a single chip", log=self._folder.run) from error
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        self._folder.remember(batch_size=batch_size // 2)
        self._reporter.warning(f"A batch of {batch_size} chips needs too much memory: going on with {batch_size // 2}.")
        return batch_size // 2
