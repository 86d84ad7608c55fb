"""scripts/check_layers.py finds a planted violation of each kind, names the line and the rule, and is silent without one."""
import os
import subprocess
import sys
import tempfile
import unittest

SOURCE = os.environ.get('JMRP_SOURCE') or os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CHECK = os.path.join(SOURCE, 'scripts', 'check_layers.py')

README = """
| folder | what | may include |
|---|---|---|
| util | tools | - |
| mail | parse | util |
| store | rows | util |
| cli | commands | all |
| main.cpp | start | cli |

| headers | only in |
|---|---|
| gmime/ glib.h | mail |
| `sqlite3.h` soci/ | store |
"""


class CheckLayers(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.addCleanup(self.temporary.cleanup)
        self.root = self.temporary.name
        self.write('README.md', README)
        self.write('main.cpp', '#include "cli/run.hpp"\n')
        self.write('util/text.hpp', '#include <string>\n')
        self.write('mail/message.cpp', '#include "mail/message.hpp"\n#include <gmime/gmime.h>\n#include "util/text.hpp"\n')
        self.write('store/rows.cpp', '#include <sqlite3.h>\n#include <soci/soci.h>\n#include <sys/stat.h>\n')
        self.write('cli/run.cpp', '#include "store/rows.hpp"\n#include "mail/message.hpp"\n')

    def write(self, path, text):
        path = os.path.join(self.root, 'src', path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)

    def check(self):
        done = subprocess.run([sys.executable, '-B', CHECK, self.root], capture_output=True, text=True)
        return done.returncode, done.stdout, done.stderr

    def assert_found(self, line, rule):
        status, out, _ = self.check()
        self.assertEqual(status, 1, out)
        self.assertEqual(len(out.splitlines()), 1, out)
        self.assertTrue(out.startswith(line + ': '), out)
        self.assertIn(rule, out)

    def test_a_clean_tree_passes_in_silence(self):
        self.assertEqual(self.check(), (0, '', ''))

    def test_an_include_against_the_arrow_is_found(self):
        self.write('util/text.cpp', '// text\n#include "mail/message.hpp"\n')
        self.assert_found('src/util/text.cpp:2', 'util may include nothing of ours, not mail')

    def test_an_include_of_a_neighbour_is_found_also_in_brackets_and_with_blanks(self):
        self.write('mail/parse.hpp', '\n\n  #  include <store/rows.hpp>\n')
        self.assert_found('src/mail/parse.hpp:3', 'mail may include util, not store')

    def test_a_library_outside_its_folder_is_found(self):
        self.write('cli/status.cpp', '#include <sqlite3.h>\n')
        self.assert_found('src/cli/status.cpp:1', '<sqlite3.h> is included in store and nowhere else')

    def test_a_library_folder_outside_its_folder_is_found(self):
        self.write('store/blob.cpp', '#include <gmime/gmime-stream.h>\n')
        self.assert_found('src/store/blob.cpp:1', 'is included in mail and nowhere else')

    def test_main_may_include_what_its_row_says(self):
        self.write('main.cpp', '#include "cli/run.hpp"\n#include "store/rows.hpp"\n')
        self.assert_found('src/main.cpp:2', 'main.cpp may include cli, not store')

    def test_all_does_not_allow_main(self):
        self.write('cli/run.cpp', '#include "main.cpp"\n')
        self.assert_found('src/cli/run.cpp:1', 'names a folder of the table')

    def test_an_include_that_names_no_folder_is_found(self):
        self.write('mail/parse.cpp', '#include "../util/text.hpp"\n')
        self.assert_found('src/mail/parse.cpp:1', 'names a folder of the table')

    def test_a_folder_without_a_row_is_found(self):
        self.write('helper/misc.cpp', '\n')
        self.assert_found('src/helper/misc.cpp:1', 'helper has no row')

    def test_a_row_without_a_folder_is_found(self):
        self.write('README.md', README.replace('| store | rows', '| net | sockets | util |\n| store | rows'))
        self.assert_found('src/README.md', 'a row for net, which is not there')

    def test_a_circle_in_the_table_is_refused(self):
        self.write('README.md', README.replace('| tools | - |', '| tools | mail |'))
        status, _, err = self.check()
        self.assertEqual(status, 2)
        self.assertIn('in a circle', err)

    def test_a_missing_table_is_refused(self):
        self.write('README.md', 'nothing\n')
        self.assertEqual(self.check()[0], 2)


if __name__ == '__main__':
    unittest.main()
