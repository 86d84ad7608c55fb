# Parses every message of an mbox with Sisimai and prints how many reports it made of them: sisimai.pl MBOX
use strict;
use warnings;
use Sisimai;
my $make = Sisimai->can('rise') ? 'rise' : 'make';
my $found = Sisimai->$make($ARGV[0]) || [];
print scalar(@$found), "\n";
