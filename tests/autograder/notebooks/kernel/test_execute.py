"""A whole notebook through confined kernels: what a hang costs, and what a person gets to see."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import nbformat
import pytest
from nbconvert.exporters.html import HTMLExporter
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from PIL import Image

from autograder.core.files import folder_files
from autograder.core.layout import Assignment
from autograder.core.manifest import Limits
from autograder.notebooks.kernel import confinement, execute, pictures
from autograder.notebooks.kernel.outputs import Cleaning
from autograder.notebooks.kernel.warm import Kernels
from autograder.release.bundle import contents
from autograder.sandbox import tiers
from autograder.sandbox.tiers import Tier

LIMITS = Limits(memory_mb=3000)


def notebook(*sources: str) -> NotebookNode:
    return new_notebook(cells=[new_code_cell(source) for source in sources])


def said(cell: NotebookNode) -> str:
    return "".join(
        output.get("text") or output.get("data", {}).get("text/plain") or f"<{output.ename}>"
        for output in cell.outputs
    )


def test_honest_cells_print_and_draw(tier: Tier, tmp_path: Path) -> None:
    """Modules and data beside it; warnings and errors end nothing; the input stays as it was."""
    data = tmp_path / "data"
    data.mkdir(0o700)  # another user may not enter, and is shown it all the same
    (data / "digits.csv").write_text("1,2,3")
    (data / "digits.csv").chmod(0o600)
    given = notebook(
        "import helper, warnings\nwarnings.warn('careful')\nprint(helper.value)",
        "print(open('data/digits.csv').read())",
        "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()",
        "1 / 0",
        "helper.value + 1",
    )
    given.cells.insert(1, new_markdown_cell("some prose"))
    before = nbformat.writes(given)
    with Kernels(tier, data=data) as kernels:
        executed = execute.run(given, {"helper.py": b"value = 7\n"}, LIMITS, kernels)
    cells = [cell for cell in executed.notebook.cells if cell.cell_type == "code"]
    assert "7\n" in said(cells[0]) and "careful" in said(cells[0])
    assert said(cells[1]) == "1,2,3\n"
    picture = base64.b64decode(cells[2].outputs[0].data["image/png"])
    assert Image.open(io.BytesIO(picture)).size[0] > 300
    assert cells[3].outputs[0].ename == "ZeroDivisionError"
    assert said(cells[4]) == "8"
    assert executed.notes == ()
    assert (data / "digits.csv").stat().st_mode & 0o777 == 0o600
    assert nbformat.writes(given) == before
    nbformat.validate(executed.notebook)


@pytest.mark.slow
def test_a_hang_costs_its_cell(kernels: Kernels) -> None:
    """Interrupted, or the kernel replaced and the earlier cells run again: what follows runs."""
    executed = execute.run(
        notebook(
            "x = 5",
            "while True: pass",
            "print(x)",
            "import time\nx = 6\nwhile True:\n    try: time.sleep(1)\n"
            "    except KeyboardInterrupt: pass",
            "print(x)",
            "import os; os._exit(1)",
            "print(x)",
        ),
        {},
        LIMITS,
        kernels,
        cell_seconds=3,
        notebook_seconds=90,
    )
    cells = executed.notebook.cells
    assert [said(cells[number]) for number in (2, 4, 6)] == ["5\n", "5\n", "5\n"]
    assert [cells[number].outputs[-1].ename for number in (1, 3, 5)] == ["Stopped"] * 3
    assert executed.notes == (
        "cell 2: stopped after 3 seconds",
        "cell 4: stopped after 3 seconds",
        "cell 6: ended the kernel",
    )


def test_a_new_kernel_has_the_state_of_cells_after_errors(some_kernels: Kernels) -> None:
    """IPython skips what waits behind an error, unless it is told not to; here it dawdles then."""
    dawdle = """
import time
kernel = get_ipython().kernel
def slow(which=None, skip=kernel._abort_queues):
    time.sleep(0.3)
    skip(which)
kernel._abort_queues = slow
"""
    given = notebook(dawdle, "1 / 0", "x = 5", "import os; os._exit(1)", "print(x)")
    executed = execute.run(given, {}, LIMITS, some_kernels)
    assert said(executed.notebook.cells[-1]) == "5\n"


@pytest.mark.slow
def test_the_whole_has_a_limit_too(some_kernels: Kernels) -> None:
    """What is not reached says so."""
    executed = execute.run(
        notebook(*["import time; time.sleep(3)"] * 4), {}, LIMITS, some_kernels, notebook_seconds=6
    )
    assert "not run: the notebook's time was used up before" in executed.notes[-1]


HOSTILE = """
from IPython.display import HTML, SVG, Javascript, Markdown, Latex, display, publish_display_data
display(HTML("<script>alert('xss-html')</script>"))
display(Javascript("alert('xss-js')"))
display(Markdown("<img src=x onerror=alert('xss-md')>"))
display(Latex(r"$\\href{javascript:alert('xss-latex')}{x}$"))
publish_display_data({"image/svg+xml": "<svg onload=alert('xss-svg')></svg>"},
                     metadata={"image/svg+xml": {"isolated": True}})
publish_display_data({"image/png": "\\"><script>alert('xss-png')</script>"})
publish_display_data({"image/png": "AAAA", "text/plain": ["<script>alert('xss-list')</script>"]})
publish_display_data({"text/plain": {"a": 1}, "application/vnd.jupyter.widget-view+json": {}})
print("<script>alert('xss-out')</script>\\x1b[31mred\\x1b[0m\\x00\\ud800")
raise type("<script>alert('xss-name')</script>", (Exception,), {})(
    "<script>alert('xss-value')</script>")
"""


def test_a_page_of_it_holds_nothing_that_runs(some_kernels: Kernels) -> None:
    """Everything a cell can show, rendered as nbgrader does; only text and our own PNG remain."""
    executed = execute.run(notebook(HOSTILE, "print('y' * 10_000_000)"), {}, LIMITS, some_kernels)
    first, second = executed.notebook.cells
    kinds = {kind for output in first.outputs for kind in output.get("data", {})}
    assert kinds <= {"text/plain", "image/png"}
    assert len(said(second)) <= 64 << 10
    page, _ = HTMLExporter(template_name="classic").from_notebook_node(
        new_notebook(cells=[new_code_cell("", outputs=first.outputs)])
    )
    for attack in ("html", "js", "md", "latex", "svg", "png", "list", "out", "name", "value"):
        assert f"<script>alert('xss-{attack}" not in page
        assert f"=alert('xss-{attack}" not in page
    assert any("text/html" in note for note in executed.notes)
    nbformat.validate(executed.notebook)
    nbformat.writes(executed.notebook).encode("utf-8")


def test_pictures_are_pixels_only(some_kernels: Kernels) -> None:
    """What a PNG carries beside its colours is gone; what is no picture, or too large, is None."""
    from PIL.PngImagePlugin import PngInfo

    def png(size: tuple[int, int], text: str = "", mode: str = "RGB") -> bytes:
        info, stream = PngInfo(), io.BytesIO()
        info.add_text("Comment", text)
        Image.new(mode, size, 1 if mode == "1" else (255, 0, 0)).save(stream, "PNG", pnginfo=info)
        return stream.getvalue()

    good = png((30, 20), "<script>alert(1)</script>") + b"<script>trailing</script>"
    bomb = png((12_000, 12_000), mode="1")
    files = [good, b"GIF89a nonsense", bomb, good[:60], png((3000, 30))]
    again = pictures.encoded_again(files, some_kernels)
    assert again[0] is not None and b"script" not in again[0]
    image = Image.open(io.BytesIO(again[0]))
    assert image.size == (30, 20) and image.getpixel((3, 3)) == (255, 0, 0)
    assert again[1] is None and again[2] is None and again[3] is None
    assert again[4] is not None and Image.open(io.BytesIO(again[4])).width == 1200


def test_outputs_of_any_shape_are_cleaned() -> None:
    """Messages are JSON that student code chose."""
    cleaning = Cleaning(lambda files: [None] * len(files))
    shapes = [
        {},
        {"output_type": "stream"},
        {"output_type": "stream", "name": 3, "text": 4},
        {"output_type": "error", "traceback": "x", "ename": [], "evalue": None},
        {"output_type": "error", "traceback": [1, "line"]},
        {"output_type": "display_data", "data": 7},
        {"output_type": "execute_result", "data": {"image/png": 3, "text/plain": None}},
        {"output_type": "display_data", "data": {"image/png": "AAAA"}},
    ]
    kept = cleaning.cell("cell 1", shapes)
    cleaning.finish()
    nbformat.validate(new_notebook(cells=[new_code_cell("", outputs=kept)]))


def test_what_torch_says_of_the_kernel_is_left_out() -> None:
    """A kernel without /proc is ours; what a student prints beside it stays."""
    words = "Error in cpuinfo: failed to parse processor information from /proc/cpuinfo\n"
    warning = "[W1121 16:45:56.21 NNPACK.cpp:54] Could not initialize NNPACK! Reason: memory.\n"
    printed = [
        {"output_type": "stream", "name": "stderr", "text": text}
        for text in (words, f"{warning}mine\n")
    ]
    kept = Cleaning(lambda files: []).cell("cell 1", printed)
    assert [output["text"] for output in kept] == ["mine\n"]


def test_where_nothing_confines_no_notebook_runs() -> None:
    """One line for the staff."""
    with pytest.raises(confinement.KernelError) as caught:
        Kernels(tiers.probe(tiers.Level.D))
    assert "nothing confines student code here" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_tests_of_the_folder_run_without_a_process(tiny: Assignment, tier: Tier) -> None:
    """A check that calls the student's own tests works in a kernel that makes no process."""
    given = notebook(
        "from studentkit.notebook import passes", "passes('layer')", "passes('squash')"
    )
    files = {**contents(tiny), **folder_files(tiny.solution)}
    with Kernels(tier, ("numpy", "pytest")) as kernels:
        done = execute.run(given, files, LIMITS, kernels).notebook
    assert "A linear layer: 1 of 1 tests pass" in said(done.cells[1])
    assert "tests of this task are the course's only" in said(done.cells[2])


def test_a_check_that_is_not_to_run_shows_why(some_kernels: Kernels) -> None:
    """What decides elsewhere is not run here; only check cells can be left out."""
    given = notebook("print(1)", "print(2)")
    for cell, graded in zip(given.cells, (True, False), strict=True):
        cell.metadata.nbgrader = {"grade_id": cell.id, "grade": graded, "solution": False}
    unrun = {cell.id: "graded elsewhere" for cell in given.cells}
    done = execute.run(given, {}, LIMITS, some_kernels, unrun=unrun).notebook
    assert [said(cell) for cell in done.cells] == ["graded elsewhere\n", "2\n"]


def test_quitting_ends_a_cell_and_not_the_notebook(kernels: Kernels) -> None:
    """Whichever way a student leaves; what follows runs, with what was there before."""
    executed = execute.run(
        notebook("x = 5", "quit()", "exit()", "quit", "import sys\nsys.exit(3)", "x + 1"),
        {},
        LIMITS,
        kernels,
    )
    *ended, last = executed.notebook.cells
    assert said(last) == "6"
    assert all("SystemExit" in said(cell) for cell in ended[1:])
    assert executed.notes == ()
