"""English."""

from tui.strings.english import (
    answering,
    answers,
    commands,
    dialogs,
    handover,
    order,
    packing,
    paper,
    parcels,
    printing,
    repack,
    requests,
    screen,
    stats,
)

TEXT = {
    **screen.TEXT,
    **order.TEXT,
    **commands.TEXT,
    **dialogs.TEXT,
    **requests.TEXT,
    **parcels.TEXT,
    **stats.TEXT,
    **answers.TEXT,
    **answering.TEXT,
    **paper.TEXT,
    **printing.TEXT,
    **packing.TEXT,
    **handover.TEXT,
    **repack.TEXT,
}
