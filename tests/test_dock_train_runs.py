"""Reading run folders while they grow, finding them, and what resumes or removes them."""

from __future__ import annotations

import json
import os
import time

import pytest
from dock_train_cases import JOB, FakeRun, epoch_record, start_record


@pytest.fixture
def run(tmp_path):
    made = FakeRun(tmp_path / "roads")
    yield made
    made.die()


@pytest.fixture
def reader(run):
    from swath.plugin.training.run_reader import RunReader

    return RunReader(run.output)


def test_reader_takes_only_new_lines_and_waits_for_the_rest_of_half_a_line(run, reader):
    assert not reader.poll()
    assert reader.status == "none"
    run.begin(epochs=2)
    assert reader.poll()
    assert (reader.status, [item["epoch"] for item in reader.epochs]) == ("running", [1, 2])
    assert not reader.poll()
    text = json.dumps(epoch_record(3)) + "\n"
    with (run.run / "run.jsonl").open("a") as file:
        file.write(text[:40])
    reader.poll()
    assert len(reader.epochs) == 2
    with (run.run / "run.jsonl").open("a") as file:
        file.write(text[40:])
    reader.poll()
    assert (len(reader.epochs), reader.best["epoch"], reader.replaced) == (3, 3, 0)
    assert "confusion" not in reader.epochs[-1]


def test_broken_line_of_a_killed_run_is_left_out(run, reader):
    run.begin(epochs=1)
    with (run.run / "run.jsonl").open("a") as file:
        file.write('{"event": "epo\n[1, 2]\n\n')
    run.epoch(2)
    reader.poll()
    assert [item["epoch"] for item in reader.epochs] == [1, 2]


def test_file_written_anew_by_a_resumed_run_is_read_from_its_start(run, reader):
    run.begin(epochs=4)
    reader.poll()
    lines = (run.run / "run.jsonl").read_text().splitlines(keepends=True)
    new = run.run / "run.jsonl.partial"
    new.write_text("".join(lines[:3]))
    new.replace(run.run / "run.jsonl")
    run.epoch(3, valid_loss=0.25)
    assert reader.poll()
    assert [item["epoch"] for item in reader.epochs] == [1, 2, 3]
    assert (reader.epochs[-1]["valid_loss"], reader.replaced) == (0.25, 1)
    assert len(reader.pictures) == 4


def test_epoch_that_is_logged_again_replaces_the_later_ones(run, reader):
    run.begin(epochs=3)
    run.epoch(2, valid_loss=0.5)
    reader.poll()
    assert [(item["epoch"], item["valid_loss"]) for item in reader.epochs] == [(1, 1.2), (2, 0.5)]


def test_status_follows_lock_last_word_and_final_name(run, reader):
    run.begin(epochs=1)
    reader.poll()
    assert reader.status == "running"
    run.die()
    reader.poll()
    assert (reader.status, reader.can_resume) == ("killed", True)
    run.line({"event": "cancelled", "time": 3.0})
    reader.poll()
    assert reader.status == "cancelled"
    run.line({"event": "cancelled", "time": 3.0, "orphaned": True})
    reader.poll()
    assert reader.status == "killed"
    run.line({"event": "failed", "time": 3.0, "message": "The disk is full."})
    reader.poll()
    assert (reader.status, reader.problem["message"]) == ("failed", "The disk is full.")
    run.line(start_record(run.output, resumed=True))
    run.hold()
    reader.poll()
    assert (reader.status, reader.problem) == ("running", {})
    run.epoch(2)
    run.finish(best=1)
    reader.poll()
    assert (reader.status, reader.best["epoch"], reader.folder) == ("done", 1, run.output / "run")
    assert len(reader.epochs) == 2
    assert reader.replaced == 0


def test_run_without_a_lock_counts_as_alive_while_it_writes(run, reader):
    run.begin(epochs=1, alive=False)
    (run.run / "lock").unlink()
    reader.poll()
    assert reader.status == "running"
    long_ago = time.time() - 3600
    for path in run.run.iterdir():
        os.utime(path, (long_ago, long_ago))
    reader.poll()
    assert reader.status == "killed"


def test_folder_that_goes_away_leaves_nothing(run, reader):
    import shutil

    run.begin(epochs=2)
    reader.poll()
    run.die()
    shutil.rmtree(run.partial)
    assert reader.poll()
    assert (reader.status, reader.epochs, reader.start) == ("none", [], {})


def test_long_run_is_read_in_parts_that_do_not_hold_up_the_windows(run, reader):
    run.begin(alive=False)
    table = [[number * 7 % 1000 for number in range(60)] for _ in range(20)]
    with (run.run / "run.jsonl").open("a") as file:
        for epoch in range(1, 1001):
            file.write(json.dumps(epoch_record(epoch, 1000, confusion=table)) + "\n")
    longest, looks = 0.0, 0
    while looks == 0 or reader.more:
        began = time.process_time()
        reader.poll()
        longest, looks = max(longest, time.process_time() - began), looks + 1
    assert len(reader.epochs) == 1000
    assert looks > 5
    assert longest < 0.05


def test_run_is_found_from_any_path_that_people_point_at(run, tmp_path):
    from swath.plugin.training.run_finding import list_runs, output_of, runs_in

    other = FakeRun(tmp_path / "lakes").begin(epochs=1, alive=False)
    other.finish()
    run.begin(epochs=1)
    for path in (run.output, run.partial, run.run, run.run / "run.jsonl", run.run / "checkpoints" / "last.ckpt"):
        assert output_of(path) == run.output
    assert output_of(other.output / "model_metrics.html") == other.output
    assert output_of(tmp_path / "nothing") is None
    (tmp_path / "empty").mkdir()
    os.utime(other.output / "run" / "run.jsonl", (1, 1))
    assert runs_in(tmp_path) == [run.output, other.output]
    assert list_runs([other.output, tmp_path / "gone"]) == [other.output, run.output]


def test_clean_up_removes_what_is_dead_and_never_what_is_alive_or_not_ours(run, reader, tmp_path):
    from swath.plugin.training.run_clean_up import clean_up
    from swath.plugin.training.run_reader import RunReader

    run.begin(epochs=1)
    assert "is at work" in clean_up(reader)
    assert run.partial.is_dir()
    run.die()
    assert clean_up(reader) == ""
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "mine.partial").mkdir()
    (tmp_path / "mine.partial" / "letters.txt").write_text("dear")
    assert "remove it by hand" in clean_up(RunReader(tmp_path / "mine"))
    assert (tmp_path / "mine.partial" / "letters.txt").is_file()


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {
            "MODEL_TYPE": "UNET", "BACKBONE": "resnet50", "MODEL_ARGUMENTS": "mixup true;ignore_classes 7",
            "MAX_EPOCHS": 3, "BATCH_SIZE": 4, "LEARNING_RATE": 0.002, "STOP_EARLY": False, "PRESET": "ENVI", "SEED": 5,
            "BACKGROUND_PATCH_RATIO": 0.5, "SOLID_DISTANCE": "1 5;Path 3", "BLUR_DISTANCE": "0 10", "MODEL_NAME": "x",
            "AUGMENTATION": "CUSTOM", "AUGMENTATION_PARAMETERS": "rotate 30; 0.5\nflip 1", "LOSS_WEIGHT": 0.5,
        },
    ],
)  # fmt: skip
def test_parameters_of_a_recorded_job_make_the_same_job(train, job, parameters):
    from swath.plugin.training.job_parameters import job_parameters

    first = train(**parameters)
    again = job("swath:trainmodel", **job_parameters(json.loads(json.dumps(first))))
    assert again == first


def test_parameters_of_several_folders_are_kept(tmp_path):
    from swath.plugin.training.job_parameters import job_parameters

    values = job_parameters({**JOB, "inputs": ["/a b", "/c", "/d"], "output": "/m"})
    assert (values["INPUT"], values["ADDITIONAL_INPUTS"], values["OUTPUT"]) == ("/a b", "/c\n/d", "/m")
    assert values["MODEL_ARGUMENTS"] == '{"mixup": true}'
