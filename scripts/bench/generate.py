#!/usr/bin/env python3
"""Write an mbox of feedback reports, each with its own recipient and Message-ID: the same arguments give the same bytes.

    generate.py COUNT OUT [--first N]      reports number N (0) to N + COUNT - 1

About 6 kB a report; of ten, seven are sparse (three fields and the original's header), two hold the original as an
attachment, one is a full RFC 5965 report. Documentation addresses only.
"""
import argparse
import base64
import datetime
import hashlib

EPOCH = datetime.datetime(2026, 11, 1, tzinfo=datetime.timezone.utc)
DOMAINS = ('outlook.example', 'hotmail.example', 'live.example', 'msn.example')


def noise(number, what, size):
    """Base64 text that depends on the report, as signatures and trace headers do."""
    out, block = [], 0
    while sum(map(len, out)) < size:
        out.append(base64.b64encode(hashlib.sha512(b'%d %s %d' % (number, what, block)).digest()).decode().rstrip('='))
        block += 1
    return ''.join(out)[:size]


def folded(text):
    return '\n '.join(text[at:at + 74] for at in range(0, len(text), 74))


def original_header(number, ip, recipient, named):
    date = EPOCH + datetime.timedelta(seconds=number * 7 % (20 * 86400))
    text = date.strftime('%a, %d %b %Y %H:%M:%S +0000')
    local, _, domain = recipient.partition('@')
    return f'''Received: from mbx{number % 97}.provider.example (2001:db8:a03:2ae::24)
 by front{number % 13}.provider.example with HTTPS; {text}
Received: from edge{number % 31}.provider.example (2001:db8:408:fd::32)
 by mbx{number % 97}.provider.example (2001:db8:a03:2ae::24) with Microsoft SMTP Server
 (version=TLS1_2, cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) id 15.20.9218.12; {text}
Authentication-Results: spf=pass (sender IP is {ip})
 smtp.mailfrom=sender.example; dkim=pass (signature was verified)
 header.d=sender.example;dmarc=pass action=none
 header.from=sender.example;compauth=pass reason=100
Received-SPF: Pass (protection.outlook.com: domain of sender.example
 designates {ip} as permitted sender)
 receiver=protection.outlook.com; client-ip={ip};
 helo=out.sender.example; pr=C
Received: from out.sender.example ({ip}) by
 edge{number % 31}.provider.example (198.51.100.7) with Microsoft SMTP Server
 id 15.20.9218.12 via Frontend Transport; {text}
X-IncomingTopHeaderMarker:
 OriginalChecksum:{noise(number, b'checksum', 64)};SizeAsReceived:2417;Count:24
DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=sender.example; s=m1;
 h=from:to:subject:date:message-id:list-unsubscribe; bh={noise(number, b'bh', 43)}=;
 b={folded(noise(number, b'dkim', 340))}
Return-Path: <bounces+{local}={domain}@sender.example>
From: Sender News <news@sender.example>
{f'To: {recipient}' if named else 'To: redacted'}
Subject: Your weekly digest, number {number}
Date: {text}
Message-ID: <{number:010d}.digest@sender.example>
List-ID: Sender News <news.sender.example>
List-Unsubscribe: <https://sender.example/unsubscribe/{noise(number, b'token', 40).replace('/', '_')}>
X-MS-Exchange-Organization-Network-Message-Id: {hashlib.md5(b'%d' % number).hexdigest()}
X-Microsoft-Antispam-Message-Info:
 {folded(noise(number, b'antispam', 2000))}
'''


def report(number):
    ip = f'192.0.2.{number % 40 + 1}'
    # A prime times the number: every report its own address, and one after the other lies anywhere in their order.
    recipient = f'user{number * 61803419 % 100_000_000:08d}@{DOMAINS[number % 4]}'
    sent = (EPOCH + datetime.timedelta(seconds=number * 7 % (20 * 86400) + 9000)).strftime('%a, %d %b %Y %H:%M:%S +0000')
    shape = 'sparse' if number % 10 < 7 else 'attachment' if number % 10 < 9 else 'arf'
    boundary = hashlib.md5(b'boundary %d' % number).hexdigest().upper()
    header = f'''Return-Path: <staff@hotmail.com>
Received: from mail.provider.example (mail.provider.example [198.51.100.25])
\tby mx.reports.example (Postfix) with ESMTPS id {noise(number, b'queue', 10)}
\tfor <fbl@reports.example>; {sent}
DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=provider.example; s=s1;
 h=From:Date:Subject:Message-ID:Content-Type:MIME-Version; bh={noise(number, b'outer bh', 43)}=;
 b={folded(noise(number, b'outer', 340))}
From: {'<staff@hotmail.com>' if shape == 'attachment' else 'staff@hotmail.com'}
To: fbl@reports.example
Subject: complaint about message from {ip}
Date: {sent}
Message-ID: <report-{number:010d}@provider.example>
MIME-Version: 1.0
'''
    body = ''.join(f'{noise(number, b"line %d" % line, 70)}\n' for line in range(20))
    if shape == 'attachment':
        return header + f'''Content-Type: multipart/mixed;
\tboundary="{boundary}"

--{boundary}
Content-Type: message/rfc822
Content-Disposition: inline

X-HmXmrOriginalRecipient: <{recipient}>
X-Reporter-IP: 203.0.113.{number % 250 + 1}
{original_header(number, ip, recipient, True)}MIME-Version: 1.0
Content-Type: text/plain; charset=us-ascii

{body}
--{boundary}--
'''
    full = shape == 'arf'
    fields = f'''Original-Mail-From: <bounces@sender.example>
Original-Rcpt-To: <{recipient}>
Arrival-Date: {sent}
Source-IP: {ip}
Reported-Domain: sender.example
''' if full else ''
    return header + f'''Content-Type: multipart/report; report-type=feedback-report;
\tboundary="{boundary}"

--{boundary}
Content-Type: text/plain; charset=us-ascii

This is an email abuse report for an email message received by the provider.

--{boundary}
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: {'ProviderFeedback/2.1' if full else 'JMRP/1.0'}
Version: 1
{fields}
--{boundary}
Content-Type: {'message/rfc822' if full else 'text/rfc822-headers'}

{original_header(number, ip, recipient, full)}
{body if full else ''}
--{boundary}--
'''


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('count', type=int)
    parser.add_argument('out')
    parser.add_argument('--first', type=int, default=0)
    arguments = parser.parse_args()
    with open(arguments.out, 'w', encoding='ascii', newline='\n') as out:
        for number in range(arguments.first, arguments.first + arguments.count):
            out.write('From staff@hotmail.com Mon Nov 16 13:10:02 2026\n')
            out.write(report(number))
            out.write('\n')


if __name__ == '__main__':
    main()
