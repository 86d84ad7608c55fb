"""Signs mails as RFC 6376 says, with openssl and nothing of the program under test."""
import base64
import hashlib
import os
import re
import subprocess


class Key:
    def __init__(self, directory, domain, selector="s1", bits=2048):
        self.domain, self.selector = domain, selector
        self.file = os.path.join(directory, f"{selector}.{domain}.{bits}.pem")
        if not os.path.exists(self.file):
            subprocess.run(["openssl", "genrsa", "-traditional", "-out", self.file, str(bits)], check=True, capture_output=True)

    @property
    def name(self):
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def record(self):
        der = subprocess.run(["openssl", "rsa", "-in", self.file, "-pubout", "-outform", "DER"], check=True,
                             capture_output=True).stdout
        return "v=DKIM1; k=rsa; p=" + base64.b64encode(der).decode()

    def line(self, tags=""):
        return f"{self.name} {self.record.replace('k=rsa;', 'k=rsa;' + tags)}\n"

    def sign(self, data, digest):
        return subprocess.run(["openssl", "dgst", "-" + digest, "-sign", self.file], input=data, check=True,
                              capture_output=True).stdout


def relaxed_header(field):
    name, value = field.split(":", 1)
    return name.strip().lower() + ":" + re.sub(r"[ \t]+", " ", re.sub(r"\r\n(?=[ \t])", "", value)).strip() + "\r\n"


def relaxed_body(body):
    lines = [re.sub(r"[ \t]+", " ", line).rstrip(" ") for line in body.split("\r\n")]
    while lines and not lines[-1]:
        lines.pop()
    return "".join(line + "\r\n" for line in lines)


def signed(message, key, headers=("from", "to", "subject", "date", "content-type"), digest="sha256", more="", length=None):
    """The message (text with LF) with a DKIM-Signature on top; `more` are further tags, such as "x=1;"."""
    text = message.replace("\r\n", "\n").replace("\n", "\r\n")
    head, body = text.split("\r\n\r\n", 1)
    fields = re.split(r"\r\n(?![ \t])", head)
    canonical = relaxed_body(body)
    if length is not None:
        canonical = canonical[:length]
        more += f" l={length};"
    body_hash = base64.b64encode(hashlib.new(digest, canonical.encode("latin-1")).digest()).decode()
    unsigned = (
        f"DKIM-Signature: v=1; a=rsa-{digest}; c=relaxed/relaxed; d={key.domain};\r\n\ts={key.selector}; {more}\r\n"
        f"\th={':'.join(headers)};\r\n\tbh={body_hash};\r\n\tb="
    )
    left = list(fields)
    data = ""
    for name in headers:  # from the bottom up, RFC 6376 section 5.4.2
        for index in range(len(left) - 1, -1, -1):
            if left[index].split(":", 1)[0].strip().lower() == name:
                data += relaxed_header(left.pop(index))
                break
    data += relaxed_header(unsigned).removesuffix("\r\n")
    signature = base64.b64encode(key.sign(data.encode("latin-1"), digest)).decode()
    return (unsigned + signature + "\r\n" + text).replace("\r\n", "\n")
