"""What is wrong with a lesson is told with the file and the line."""

from pathlib import Path

import pytest

from ae_core.document import Document, DocumentError
from ae_core.lessons.lesson_check import read_lesson
from ae_core.lessons.shelf import read_shelf, read_words

SHIPPED = Path(__file__).resolve().parent.parent.parent / "lessons"
SOUND = """\
title: A lesson
about: Of something
minutes: 5
steps:
  - title: First
    text: The error is {{error}}.
    numbers:
      error: {of: test error, model: "zoo:dense-2"}
  - title: Second
    text: Look
    question:
      ask: Why?
      choices:
        - {text: So, because: It is, right: true}
        - {text: Not so, because: It is not}
  - title: Third
    text: Do it
    action:
      ask: Train
      until: {run: {settings: {peak_learning_rate: 0.05}}}
"""
FAULTS = {
    "minutes: 5": ("minutes: five", 3, "Expected `int`, got `str` (in minutes)."),
    "about: Of something": ("title: Again", 2, "'title' stands here twice."),
    "    text: Look\n": ("", 9, "required field `text`"),
    "ask: Why?": ("aks: Why?", 12, "unknown field `aks` (in step 2, question)."),
    "so, because: It": ("so, becuase: It", 15, "unknown field `becuase` (in step 2, question, choice 2)."),
    ", right: true": ("", 13, "No choice is the right one"),
    "{{error}}": ("{{eror}}", 6, "{{eror}} is not among the numbers of this step (error)."),
    "of: test error": ("of: best error", 8, "There is no number 'best error'"),
    'test error, model: "zoo:dense-2"': ("test error", 8, "The number 'test error' needs `model`."),
    "dense-2": ("dense-3", 8, "There is no model 'zoo:dense-3'; there are "),
    "rate: 0.05": ("rate: 5", 20, "peak_learning_rate must be a number from 1e-06 to 1, got 5"),
    "{run: {settings: {peak_learning_rate: 0.05}}}": ("{}", 20, "`until` names nothing"),
    "text: Do it": ("text: *alias", 17, "undefined alias"),
    "text: Do it\n": ("text: [Do, it]\n", 17, "Expected `str`, got `array` (in step 3, text)."),
    "minutes: 5\n": ("minutes: 5\n\t- x\n", 4, "cannot start any token"),
    "  - title: Third": (
        "  - title: Third\n    show: {part: plane, models: [zoo:dense-8]}",
        17,
        "two values",
    ),
}


def test_a_sound_lesson_is_read(tmp_path):
    file = tmp_path / "01-sound.yaml"
    file.write_text(SOUND)
    assert [step.title for step in read_lesson(Document(file)).steps] == ["First", "Second", "Third"]


@pytest.mark.parametrize("right", FAULTS)
def test_a_fault_is_told_with_its_line(tmp_path, right):
    wrong, line, told = FAULTS[right]
    file = tmp_path / "01-lesson.yaml"
    assert right in SOUND
    file.write_text(SOUND.replace(right, wrong))
    with pytest.raises(DocumentError) as caught:
        read_lesson(Document(file))
    assert str(caught.value).startswith(f"01-lesson.yaml, line {line}: ")
    assert told in str(caught.value)


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"- a\n- b\n", b"x" * 300_000, b"a: &a [*a]\n", b"!!python/x y"]
)
def test_what_is_no_lesson_at_all_is_refused(tmp_path, content):
    file = tmp_path / "01-lesson.yaml"
    file.write_bytes(content)
    with pytest.raises(DocumentError, match=r"01-lesson\.yaml"):
        read_lesson(Document(file))


def test_every_shipped_file_is_sound():
    shelf = read_shelf(SHIPPED)
    assert [each.fault for each in shelf if each.fault] == []
    assert [each.number for each in shelf if each.id == each.original] == list(range(1, 11))
    assert {each.lesson.language for each in shelf} == set(read_words(SHIPPED)) == {"en", "de"}


def test_a_translation_asks_and_computes_what_the_original_does():
    by_id = {each.id: each.lesson for each in read_shelf(SHIPPED)}
    for name, lesson in by_id.items():
        original = by_id[name.split(".")[0]]
        for step, other in zip(lesson.steps, original.steps, strict=True):
            assert (step.numbers, step.show) == (other.numbers, other.show), (name, step.title)
            assert (step.action and step.action.until) == (other.action and other.action.until)
            if step.question:
                right = [[each.right for each in one.question.choices] for one in (step, other)]
                assert right[0] == right[1]


def test_a_wrong_brace_in_the_words_is_told_with_its_line(tmp_path):
    text = (SHIPPED / "words.yaml").read_text()
    (tmp_path / "words.yaml").write_text(text.replace("Schritt {step} von", "Schritt {stufe} von"))
    line = text[: text.index("Schritt {step}")].count("\n") + 1
    with pytest.raises(DocumentError, match=rf"words\.yaml, line {line}: Only {{step}}, {{steps}} may stand"):
        read_words(tmp_path)


def test_the_example_of_the_documentation_is_a_lesson(tmp_path):
    text = (SHIPPED.parent / "docs" / "teaching.md").read_text()
    file = tmp_path / "11-my-lesson.yaml"
    file.write_text(text.partition("```yaml\n")[2].partition("```")[0])
    assert len(read_lesson(Document(file)).steps) == 3
