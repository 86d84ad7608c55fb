#!/usr/bin/env python3
"""Hold every #include under ROOT/src against the tables in ROOT/src/README.md.

    check_layers.py ROOT

The first table ("folder", ..., "may include") says which folder may include which; the second ("headers", "only in") which
folders may include a library's headers. Prints FILE:LINE and the rule for each violation. Exit 0: none. Exit 1: some.
Exit 2: the tables cannot be read.
"""
import graphlib
import os
import re
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
SOURCES = ('.cpp', '.hpp', '.c', '.h')


class BadTable(Exception):
    pass


def rows_under(lines, first, last):
    """The rows of the Markdown table whose heading begins with the cell `first` and ends with the cell `last`."""
    rows, inside = [], False
    for line in lines:
        cells = [cell.strip().replace('`', '') for cell in line.strip().strip('|').split('|')]
        if not line.lstrip().startswith('|'):
            inside = False
        elif cells[0] == first and cells[-1] == last:
            inside = True
        elif inside and not set(line) <= set('|-: \n'):
            rows.append((cells[0], cells[-1]))
    if not rows:
        raise BadTable('src/README.md has no table "%s ... %s"' % (first, last))
    return rows


def read_rules(readme):
    with open(readme, encoding='utf-8') as file:
        lines = file.readlines()
    layers = {}
    for folder, may in rows_under(lines, 'folder', 'may include'):
        layers[folder] = None if may == 'all' else set(may.replace('-', '').split())
    for folder, may in layers.items():
        if may is None:
            layers[folder] = set(layers) - {folder, 'main.cpp'}
        unknown = layers[folder] - set(layers)
        if unknown:
            raise BadTable('src/README.md: %s may include %s, which has no row' % (folder, ' '.join(sorted(unknown))))
    try:
        graphlib.TopologicalSorter(layers).prepare()
    except graphlib.CycleError as error:
        raise BadTable('src/README.md: dependencies go in a circle: ' + ' -> '.join(error.args[1])) from error
    libraries = []
    for headers, only_in in rows_under(lines, 'headers', 'only in'):
        folders = only_in.split()
        for folder in folders:
            if folder not in layers:
                raise BadTable('src/README.md: headers only in %s, which has no row' % folder)
        libraries += [(header, folders) for header in headers.split()]
    return layers, libraries


def is_header(included, pattern):
    return included.startswith(pattern) if pattern.endswith('/') else included == pattern


def check_include(layer, included, quoted, layers, libraries):
    """The rule that including `included` from `layer` breaks, or None."""
    target = included.split('/')[0] if '/' in included else None
    if target in layers:
        if target == layer or target in layers[layer]:
            return None
        allowed = ' '.join(sorted(layers[layer])) or 'nothing of ours'
        return '%s may include %s, not %s' % (layer, allowed, target)
    for pattern, folders in libraries:
        if is_header(included, pattern):
            return None if layer in folders else '<%s> is included in %s and nowhere else' % (included, ' '.join(folders))
    if quoted:
        return 'an include of ours names a folder of the table ("mail/message.hpp"), this is "%s"' % included
    return None


def check_tree(root):
    src = os.path.join(root, 'src')
    layers, libraries = read_rules(os.path.join(src, 'README.md'))
    violations = []
    for folder in layers:
        if not os.path.exists(os.path.join(src, folder)):
            violations.append('src/README.md: the table has a row for %s, which is not there' % folder)
    for folder, subfolders, files in os.walk(src):
        subfolders.sort()
        for name in sorted(files):
            if not name.endswith(SOURCES):
                continue
            path = os.path.relpath(os.path.join(folder, name), root)
            layer = os.path.relpath(path, 'src').split(os.sep)[0]
            if layer not in layers:
                violations.append('%s:1: %s has no row in the table of src/README.md' % (path, layer))
                continue
            with open(os.path.join(root, path), encoding='utf-8', errors='replace') as file:
                for number, line in enumerate(file, 1):
                    match = INCLUDE.match(line)
                    broken = match and check_include(layer, match[2], match[1] == '"', layers, libraries)
                    if broken:
                        violations.append('%s:%d: %s' % (path, number, broken))
    return violations


def main(arguments):
    if len(arguments) != 1:
        print('usage: check_layers.py ROOT', file=sys.stderr)
        return 2
    try:
        violations = check_tree(arguments[0])
    except (BadTable, OSError) as error:
        print('check_layers.py: %s' % error, file=sys.stderr)
        return 2
    for violation in violations:
        print(violation)
    return 1 if violations else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
