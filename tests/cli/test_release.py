"""What users get is hardened, and starts without the libraries that make a delivery slow."""
# build: release
import os
import subprocess
import sys
import unittest

JMRP = os.environ['JMRP']


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True, env={**os.environ, 'LC_ALL': 'C'}).stdout


class Release(unittest.TestCase):
    def test_it_is_a_position_independent_executable(self):
        self.assertRegex(output('readelf', '--file-header', '--wide', JMRP), r'Type:\s+DYN')
        self.assertIn('PIE', output('readelf', '--dynamic', '--wide', JMRP))

    def test_relocations_are_read_only_and_resolved_at_start(self):
        self.assertIn('GNU_RELRO', output('readelf', '--program-headers', '--wide', JMRP))
        self.assertRegex(output('readelf', '--dynamic', '--wide', JMRP), r'BIND_NOW|FLAGS.*NOW')

    def test_the_stack_is_not_executable_and_has_a_canary(self):
        stack = [line for line in output('readelf', '--program-headers', '--wide', JMRP).splitlines() if 'GNU_STACK' in line]
        self.assertEqual(len(stack), 1)
        self.assertNotIn('E', stack[0].split()[-2])
        self.assertIn('__stack_chk_fail', output('readelf', '--dyn-syms', '--wide', JMRP))

    def test_library_calls_are_fortified(self):
        self.assertRegex(output('readelf', '--dyn-syms', '--wide', JMRP), r'__\w+_chk@')

    def test_it_loads_neither_curl_nor_what_is_linked_in(self):
        loaded = output('ldd', JMRP)
        for library in ('libcurl', 'libgmime', 'libsoci', 'libsqlite3', 'libgio', 'libboost'):
            self.assertNotIn(library, loaded)

    def test_no_library_path_of_the_build_is_left_in_it(self):
        self.assertNotRegex(output('readelf', '--dynamic', '--wide', JMRP), r'RPATH|RUNPATH')


if __name__ == '__main__':
    if '__asan_init' in output('readelf', '--dyn-syms', '--wide', JMRP):
        print('a sanitized build is not what users get')
        sys.exit(77)
    unittest.main()
