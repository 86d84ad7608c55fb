#pragma once

namespace jmrp::cli {

/// The whole program: argv to exit status. Throws nothing.
int run(int argc, char** argv);

} // namespace jmrp::cli
