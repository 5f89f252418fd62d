"""Pictures in folders that are their classes."""

from ae_core.data.own.bundle import Bundle, Member
from ae_core.data.own.collected import Collected
from ae_core.data.own.naming import part_and_class, shared_folders
from ae_core.data.uploads.archives import NESTED
from ae_core.drawing import file_kinds, picture


def collect(bundle: Bundle, heads: dict[str, bytes], into: Collected) -> None:
    """All pictures of the bundle. heads: the first bytes of each member, by name."""
    found = []
    for member in bundle.members:
        if picture.is_picture(heads[member.name], picture.ALL_FORMATS):
            found.append(member)
        else:
            into.skipped[what_else(heads[member.name])] += 1
    common = shared_folders([member.name for member in found])
    chosen = into.sample(len(found), bundle.name)
    for number, place in enumerate(chosen):
        into.progress(number, len(chosen))
        take(found[place], common, into)


def take(member: Member, common: int, into: Collected) -> None:
    part, label = part_and_class(member.name, common)
    if member.size > picture.MAX_BYTES:
        into.skipped[f"a picture of more than {picture.MAX_BYTES // 2**20} MiB"] += 1
        return
    try:
        data = member.read()
    except Exception:  # a wrong checksum or length, bytes that do not unpack, a disk's trouble
        into.skipped["a damaged file"] += 1
        return
    into.picture(data, label, part)


def what_else(head: bytes) -> str:
    """What a file is that is no picture, for the report."""
    if not head:
        return "a damaged or empty file"
    if head.startswith(NESTED):
        return "an archive within"
    kind = file_kinds.kind_of(head)
    return kind.name if kind else "no picture"
