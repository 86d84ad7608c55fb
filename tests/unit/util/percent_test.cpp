#include "util/percent.hpp"

#include <catch2/catch.hpp>

using jmrp::util::percent_encode;

TEST_CASE("percent encoding: what is not unreserved stands as its bytes") {
    CHECK(percent_encode("a-Z_0.9~") == "a-Z_0.9~");
    CHECK(percent_encode("o'brien+x/y?&=#% @ex.org") == "o%27brien%2Bx%2Fy%3F%26%3D%23%25%20%40ex.org");
    CHECK(percent_encode(std::string("\0\n\xC3\xA4", 4)) == "%00%0A%C3%A4");
}
