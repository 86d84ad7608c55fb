#!/usr/bin/env python3
"""Print one line a test of ctest's JUnit file: "pass NAME", "fail NAME" or "skip NAME"."""
import sys
import xml.etree.ElementTree

for test in xml.etree.ElementTree.parse(sys.argv[1]).getroot().iter('testcase'):
    if test.find('skipped') is not None or test.get('status') in ('notrun', 'disabled'):
        # A test that could not be started (no executable, a missing dependency) is no pass.
        skipped = test.find('skipped')
        wanted = skipped is not None and 'SKIP_RETURN_CODE' in (skipped.get('message') or '')
        print('skip' if wanted else 'fail', test.get('name'))
    elif test.get('status') == 'run':
        print('pass', test.get('name'))
    else:
        print('fail', test.get('name'))
