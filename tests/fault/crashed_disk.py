"""What a disk may hold after a power loss, from the record of the calls that changed it (call_record.h).

A sync makes durable what the file or folder held then, and nothing else: a file's sync says nothing of its name. Of what
no sync has followed, each write is there, is not, or is torn into sectors; so is each change of length or permissions;
of the changes of a folder's names, as many as are from the first on. Each file and folder by itself: nothing is in
order among them, though ext4 would keep more. Files that others wrote (the programs of steps) are empty until a sync.
"""
import json
import os

SECTOR = 512


def read_record(path):
    """(head, bytes) of each call."""
    data = path.read_bytes()
    at = 0
    records = []
    while at < len(data):
        end = data.index(b"\n", at)
        head = json.loads(data[at:end])
        size = head.get("size", 0)
        records.append((head, data[end + 1:end + 1 + size]))
        at = end + 1 + size
    return records


class Inode:
    """A file, link or folder: what is durable, and what came since."""

    def __init__(self, kind, mode=0o700, target=""):
        self.kind, self.target = kind, target
        self.links = 0
        self.mode = self.newest_mode = mode
        self.content = b""
        self.changes = []
        self.names = {}
        self.name_changes = []

    def synced(self, content):
        self.content, self.changes, self.mode = content, [], self.newest_mode

    def folder_synced(self, names):
        self.names, self.name_changes, self.mode = names, [], self.newest_mode

    def newest(self, name):
        return {**self.names, **dict(self.name_changes)}.get(name)


class Fate:
    """Decides what of the unsynced is kept: all, nothing, or each by chance."""

    def __init__(self, rng, share):
        self.rng, self.share = rng, share

    def keeps(self):
        return self.rng.random() < self.share

    def content(self, inode):
        content = bytearray(inode.content)
        for change in inode.changes:
            if isinstance(change, int):
                if self.keeps():
                    del content[change:]
                    content.extend(bytes(change - len(content)))
                continue
            for offset, piece in self.pieces(*change):
                content.extend(bytes(max(0, offset - len(content))))
                content[offset:offset + len(piece)] = piece
        return bytes(content)

    def pieces(self, offset, data):
        if self.share in (0, 1) or self.rng.random() < 0.7:
            return [(offset, data)] if self.keeps() else []
        cuts = [0, *range(SECTOR - offset % SECTOR, len(data), SECTOR), len(data)]
        return [(offset + begin, data[begin:end]) for begin, end in zip(cuts, cuts[1:]) if self.keeps()]

    def names(self, folder):
        count = sum(1 for _ in folder.name_changes)
        kept = round(count * self.share) if self.share in (0, 1) else self.rng.randint(0, count)
        names = {**folder.names, **dict(folder.name_changes[:kept])}
        return {name: inode for name, inode in names.items() if inode}

    def mode(self, inode):
        return inode.newest_mode if self.keeps() else inode.mode


class Disk:
    def __init__(self, root):
        """All that is there now is durable."""
        self.inodes = {}
        self.root = self.found(root)

    def found(self, path):
        status = os.lstat(path)
        kind = "link" if os.path.islink(path) else "folder" if os.path.isdir(path) else "file"
        inode = Inode(kind, status.st_mode & 0o7777, os.readlink(path) if kind == "link" else "")
        self.inodes[status.st_ino] = inode
        if kind == "folder":
            inode.names = {name: self.found(os.path.join(path, name)) for name in os.listdir(path)}
        elif kind == "file":
            with open(path, "rb") as file:
                inode.content = file.read()
        inode.links = 1
        return inode

    def apply(self, head, data):
        handler = getattr(self, head["op"], None)
        if handler:
            handler(head, data)

    def inode(self, head, kind="file"):
        """Those that this record meets first were made by others."""
        number = head["inode"]
        if number not in self.inodes:
            self.inodes[number] = Inode(head.get("type", kind), head.get("mode", 0o700), head.get("target", ""))
        return self.inodes[number]

    def folder(self, head):
        return self.inode({"inode": head["folder"]}, "folder")

    def forget(self, inode):
        """An inode without a name: its number may be another's next."""
        if inode is None:
            return
        inode.links -= 1
        if inode.links <= 0:
            self.inodes = {number: each for number, each in self.inodes.items() if each is not inode}

    def name(self, head, _):
        folder = self.folder(head)
        before = folder.newest(head["name"])
        inode = self.inode(head)
        inode.links += 1
        folder.name_changes.append((head["name"], inode))
        self.forget(before)

    def unname(self, head, _):
        folder = self.folder(head)
        before = folder.newest(head["name"])
        folder.name_changes.append((head["name"], None))
        self.forget(before)

    def write(self, head, data):
        self.inode(head).changes.append((head["offset"], data))

    def resize(self, head, _):
        self.inode(head).changes.append(head["length"])

    def mode(self, head, _):
        self.inode(head).newest_mode = head["mode"]

    def sync(self, head, data):
        self.inode(head).synced(data)

    def sync_folder(self, head, _):
        self.inode(head, "folder").folder_synced({each["name"]: self.inode(each) for each in head["names"]})

    def restore(self, path, fate):
        """Makes what is left after a power loss now; the folder at the path is there, and empty."""
        written = {}
        self.restore_names(self.root, path, fate, written)

    def restore_names(self, folder, path, fate, written):
        for name, inode in fate.names(folder).items():
            place = os.path.join(path, name)
            if inode.kind == "folder":
                os.mkdir(place)
                self.restore_names(inode, place, fate, written)
                os.chmod(place, fate.mode(inode))
            elif inode.kind == "link":
                os.symlink(inode.target, place)
            elif inode in written:
                os.link(written[inode], place)
            else:
                with open(place, "wb") as file:
                    file.write(fate.content(inode))
                os.chmod(place, fate.mode(inode))
                written[inode] = place
