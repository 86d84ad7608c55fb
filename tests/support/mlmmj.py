"""A mailing list of mlmmj in a directory of its own; no mail leaves it."""
import os
import shutil

# scripts/install-packages.sh unpacks the package there: it wants a mail server of the system's.
PLACES = ("/usr/local/lib/jmrp-test/mlmmj/usr/bin/mlmmj-unsub", "/usr/bin/mlmmj-unsub")
FOLDERS = ("incoming", "queue/discarded", "archive", "text", "subconf", "unsubconf", "bounce", "control", "moderation",
           "subscribers.d", "digesters.d", "requeue", "nomailsubs.d")


class List:
    def __init__(self, directory, subscribers):
        self.unsub = next((place for place in PLACES if os.access(place, os.X_OK)), None)
        if not self.unsub:
            raise AssertionError("mlmmj is not there: scripts/install-packages.sh test unpacks it")
        self.directory = directory
        shutil.rmtree(directory, ignore_errors=True)
        for folder in FOLDERS:
            os.makedirs(os.path.join(directory, folder))
        for name, text in (("index", ""), ("control/listaddress", "news@lists.example\n"), ("control/owner", "owner@lists.example\n")):
            with open(os.path.join(directory, name), "w", encoding="ascii") as file:
                file.write(text)
        for subscriber in subscribers:
            with open(os.path.join(directory, "subscribers.d", subscriber[0]), "a", encoding="utf-8") as file:
                file.write(subscriber + "\n")

    def subscribers(self):
        out = []
        for folder, _, files in os.walk(os.path.join(self.directory, "subscribers.d")):
            for name in files:
                with open(os.path.join(folder, name), encoding="utf-8") as file:
                    out += file.read().split()
        return sorted(out)
