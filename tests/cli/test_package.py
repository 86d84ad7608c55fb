"""The Debian package holds the program, its pages and examples, names what it needs, and sets up the user and directory."""
# build: release
import glob
import os
import re
import subprocess
import sys
import tempfile
import unittest

BUILD = os.environ['JMRP_BUILD']


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True, env={**os.environ, 'LC_ALL': 'C'}).stdout


class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(temporary.cleanup)
        done = subprocess.run(['cpack', '--config', os.path.join(BUILD, 'CPackConfig.cmake'), '-B', temporary.name],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0:
            raise AssertionError(done.stdout)
        cls.packages = glob.glob(os.path.join(temporary.name, '*.deb'))
        assert len(cls.packages) == 1, cls.packages
        cls.package = cls.packages[0]
        # "drwxr-xr-x root/root 0 2026-01-01 00:00 ./usr/" -> {"usr/": ("drwxr-xr-x", "root/root")}
        cls.files = {}
        for line in output('dpkg-deb', '--contents', cls.package).splitlines():
            mode, owner, _, _, _, name = line.split(None, 5)
            cls.files[name.removeprefix('./')] = (mode, owner)
        cls.control = os.path.join(temporary.name, 'control')
        output('dpkg-deb', '--control', cls.package, cls.control)

    def script(self, name):
        path = os.path.join(self.control, name)
        self.assertTrue(os.access(path, os.X_OK))
        with open(path, encoding='utf-8') as file:
            return file.read()

    def test_it_is_named_as_debian_names_packages(self):
        self.assertRegex(os.path.basename(self.package), r'^jmrp_[0-9.]+(-\d+)?_[a-z0-9]+\.deb$')

    def test_it_holds_program_pages_and_examples_owned_by_root(self):
        for name in ('usr/bin/jmrp', 'usr/libexec/jmrp/jmrp-net', 'usr/libexec/jmrp/jmrp-milter', 'usr/share/man/man1/jmrp.1', 'usr/share/man/man5/jmrp.toml.5',
                     'usr/share/doc/jmrp/examples/jmrp.toml', 'usr/share/doc/jmrp/examples/aliases'):
            self.assertIn(name, self.files)
        self.assertEqual({owner for _, owner in self.files.values()}, {'root/root'})
        self.assertEqual(self.files['usr/bin/jmrp'][0], '-rwxr-xr-x')
        for name, (mode, _) in self.files.items():
            self.assertNotRegex(mode, r'^.(.{4}w|.{7}w)', name)

    def test_it_holds_nothing_of_the_build(self):
        for name in self.files:
            self.assertRegex(name, r'^(usr/(bin/(jmrp)?|libexec/(jmrp/(jmrp-(net|milter))?)?|share/((man|doc)/.*)?)?)?$')

    def test_it_depends_on_the_libraries_the_program_loads(self):
        depends = output('dpkg-deb', '--field', self.package, 'Depends')
        self.assertIn('adduser', depends)
        self.assertNotRegex(depends, r'-dev\b|libgmime|libsoci')
        # only the program that a delivery never starts
        self.assertNotIn('libcurl', output('ldd', os.environ['JMRP']))
        packages = set()
        network = os.path.join(os.path.dirname(os.environ['JMRP']), 'jmrp-net')
        for library in re.findall(r'=> (/\S+)', output('ldd', os.environ['JMRP']) + output('ldd', network)):
            # dpkg knows a file by the path it was unpacked to; /lib is a link to /usr/lib on merged systems.
            names = [library, os.path.realpath(library), library.replace('/lib/', '/usr/lib/', 1), library.removeprefix('/usr')]
            found = subprocess.run(['dpkg-query', '--search', *names], capture_output=True, text=True).stdout
            packages |= {line.split(':')[0] for line in found.splitlines() if not line.startswith('diversion')}
        self.assertIn('libc6', packages)
        named = set(re.findall(r'(?:^|, )([a-z0-9.+-]+)', depends))
        self.assertLessEqual(named - {'adduser'}, packages)
        for version_of in ('libc6', *({'libstdc++6'} & packages)):
            self.assertRegex(depends, re.escape(version_of) + r' \(>= [0-9]')

    def test_it_says_what_it_is(self):
        self.assertEqual(output('dpkg-deb', '--field', self.package, 'Section').strip(), 'mail')
        self.assertIn('feedback', output('dpkg-deb', '--field', self.package, 'Description'))

    def test_installing_creates_the_user_and_a_private_directory(self):
        script = self.script('postinst')
        self.assertIn('adduser --system', script)
        self.assertIn('install -d -o jmrp -g jmrp -m 0700 /var/lib/jmrp', script)
        self.assertIn('install -d -o root -g jmrp -m 2755 /etc/jmrp', script)

    def test_purging_removes_no_database(self):
        script = self.script('postrm')
        self.assertNotRegex(script, r'\brm\b|deluser|userdel')

    def test_its_manual_pages_render_without_complaint(self):
        for page in ('man1/jmrp.1', 'man5/jmrp.toml.5'):
            path = os.path.join(os.environ['JMRP_SOURCE'], 'src', 'cli', 'man', os.path.basename(page))
            done = subprocess.run(['man', '--warnings', '-E', 'UTF-8', '-l', path], capture_output=True, text=True,
                                  env={**os.environ, 'LC_ALL': 'C.UTF-8', 'MANWIDTH': '80', 'MANPAGER': 'cat'})
            self.assertEqual((done.returncode, done.stderr), (0, ''), page)
            self.assertIn('NAME', done.stdout)


if __name__ == '__main__':
    if not os.path.exists(os.path.join(BUILD, 'CPackConfig.cmake')) or b'__asan_init' in open(os.environ['JMRP'], 'rb').read():
        print('a sanitized build is not what users get')
        sys.exit(77)
    unittest.main()
