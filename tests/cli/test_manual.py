"""The manual pages and the example configuration tell what the program has: every command, option and key, and its defaults."""
import json
import os
import re
import subprocess
import tempfile
import tomllib
import unittest

JMRP = os.environ['JMRP']
SOURCE = os.environ['JMRP_SOURCE']


def read(*path):
    with open(os.path.join(SOURCE, *path), encoding='utf-8') as file:
        return file.read()


def jmrp(*arguments):
    environment = {key: value for key, value in os.environ.items() if not key.startswith(('JMRP_', 'XDG_'))}
    return subprocess.run([JMRP, *arguments], check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL,
                          env=environment).stdout


class Manual(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.page = read('src', 'cli', 'man', 'jmrp.1')
        cls.keys_page = read('src', 'cli', 'man', 'jmrp.toml.5')
        cls.commands = re.findall(r'^  ([a-z]+) ', jmrp('help').split('commands:')[1].split('options of')[0], re.M)

    def test_help_lists_the_commands(self):
        self.assertIn('ingest', self.commands)
        self.assertIn('rates', self.commands)

    def test_every_command_has_a_section(self):
        for command in self.commands:
            self.assertRegex(self.page, r'(?m)^\.Ss %s\b' % command)

    def test_every_option_is_told(self):
        for command in self.commands:
            for option in re.findall(r'^  --([a-z-]+)', jmrp('help', command), re.M):
                self.assertIn('Fl -' + option, self.page, command)

    def test_the_page_tells_no_option_that_is_not_there(self):
        known = set(re.findall(r'--([a-z-]+)', ''.join(jmrp('help', command) for command in self.commands))) | {'version'}
        self.assertLessEqual(set(re.findall(r'Fl -([a-z-]+)', self.page)), known)

    def test_every_key_is_told_and_no_other(self):
        told, section = set(), None
        for line in self.keys_page.split('.Sh EXAMPLES')[0].splitlines():
            if match := re.match(r'\.Ss \[(\w+)(?:\.NAME)?\]', line):
                section = match[1]
            elif section and (match := re.match(r'\.It Cm (\w+)', line)):
                told.add((section, match[1]))
        have = tomllib.loads(self.effective('/dev/null'))
        have['export'] = self.effective_of('[export.one]\nformat = "text"\nto = "/file"\n')['export']['one']
        # The page says in one sentence that keys of other sections may stand under a feed.
        feed = set(self.feeds()['snds'])
        elsewhere = (set(have['authenticity']) - {'dkim_keys'}) | set(have['policy'])
        self.assertLessEqual(elsewhere, feed)
        have['feed'] = feed - elsewhere
        self.assertEqual(told, {(section, key) for section in have for key in have[section]})

    def feeds(self):
        return tomllib.loads(self.effective(os.path.join(SOURCE, 'examples', 'feeds.toml')))['feed']

    def test_the_example_feeds_are_accepted_and_have_what_they_say(self):
        told = tomllib.loads(read('examples', 'feeds.toml'))['feed']
        have = self.feeds()
        self.assertEqual(set(told), set(have))
        for name, keys in told.items():
            self.assertEqual(keys, {key: have[name][key] for key in keys})

    def test_the_file_of_init_shows_every_key_of_a_feed(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, 'jmrp.toml')
            jmrp('init', '--yes', '--config', path, '--database', os.path.join(folder, 'jmrp.db'))
            with open(path, encoding='utf-8') as file:
                text = file.read()
        self.assertNotIn('feed', tomllib.loads(text))
        shown = re.findall(r'(?m)^#(\w+) = ', text.split('#[feed.NAME]\n')[1].split('#[')[0])
        self.assertEqual(set(shown), set(self.feeds()['snds']))

    def test_the_feeds_of_the_manual_page_and_the_readme_are_accepted(self):
        page = re.search(r'\.Bd -literal\n(.*?)\.Ed', self.keys_page, re.S)[1]
        readme = re.search(r'```toml\n(.*?)```', read('README.md'), re.S)[1]
        for text in (page, readme):
            with tempfile.NamedTemporaryFile('w', suffix='.toml') as file:
                file.write(text)
                file.flush()
                self.assertIn('[feed.snds]', self.effective(file.name))

    def effective_of(self, text):
        with tempfile.NamedTemporaryFile('w', suffix='.toml') as file:
            file.write(text)
            file.flush()
            return tomllib.loads(self.effective(file.name))

    def test_the_examples_of_exports_are_accepted_and_cover_every_format(self):
        folder, formats, servers = os.path.join(SOURCE, 'examples', 'exports'), set(), set()
        for name in os.listdir(folder):
            if name.endswith('.toml'):
                exports = self.effective_of(read('examples', 'exports', name))['export']
                formats |= {one['format'] for one in exports.values() if not one['url']}
                servers |= {one['format'] for one in exports.values() if one['url']}
        known = json.loads(jmrp('export', '--formats', '--json'))
        self.assertEqual(formats, {one['format'] for one in known['formats']})
        self.assertEqual(servers, {one['format'] for one in known['servers']})

    def effective(self, config):
        return jmrp('config', 'check', '--config', config)

    def test_the_example_configuration_has_every_key_and_the_defaults(self):
        example = tomllib.loads(read('examples', 'jmrp.toml'))
        defaults = tomllib.loads(self.effective('/dev/null'))
        self.assertEqual({section: set(keys) for section, keys in example.items()},
                         {section: set(keys) for section, keys in defaults.items()})
        for section in ('attribution', 'milter', 'policy', 'send_log', 'rates', 'folding', 'dns', 'gate', 'limits'):
            self.assertEqual(example[section], defaults[section])

    def test_the_example_configuration_is_accepted(self):
        path = os.path.join(SOURCE, 'examples', 'jmrp.toml')
        self.assertEqual(tomllib.loads(self.effective(path))['own'], tomllib.loads(read('examples', 'jmrp.toml'))['own'])

    def test_the_example_of_the_manual_page_is_accepted(self):
        text = re.search(r'\.Bd -literal\n(.*?)\.Ed', self.keys_page, re.S)[1].replace('\\(dq', '"')
        with tempfile.NamedTemporaryFile('w', suffix='.toml') as file:
            file.write(text)
            file.flush()
            self.assertIn('bounces-', self.effective(file.name))


if __name__ == '__main__':
    unittest.main()
