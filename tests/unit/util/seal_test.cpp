#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <set>

#include "support/temporary_directory.hpp"
#include "util/base_codes.hpp"
#include "util/fault.hpp"
#include "util/fd.hpp"
#include "util/keyring.hpp"
#include "util/seal.hpp"

using namespace jmrp::util;
using jmrp::test::TemporaryDirectory;

namespace {

std::string text_of(const std::string& file) {
    return read_file(file, 1 << 20).bytes;
}

unsigned mode_of(const std::string& file) {
    struct stat found {};
    REQUIRE(::stat(file.c_str(), &found) == 0);
    return found.st_mode & 07777U;
}

} // namespace

TEST_CASE("base codes: the test vectors of RFC 4648, and back") {
    constexpr std::string_view word = "foobar";
    constexpr std::string_view base32s[] = {"", "my", "mzxq", "mzxw6", "mzxw6yq", "mzxw6ytb", "mzxw6ytboi"};
    constexpr std::string_view base64s[] = {"", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"};
    for (std::size_t n = 0; n <= word.size(); ++n) {
        CHECK(base32(word.substr(0, n)) == base32s[n]);
        CHECK(from_base32(base32s[n]) == word.substr(0, n));
        CHECK(base64(word.substr(0, n)) == base64s[n]);
        CHECK(from_base64(base64s[n]) == word.substr(0, n));
        CHECK(from_base64url(base64url(word.substr(0, n))) == word.substr(0, n));
    }
    std::string bytes;
    for (int i = 0; i < 256; ++i) {
        bytes += static_cast<char>(i);
        REQUIRE(from_base32(base32(bytes)) == bytes);
        REQUIRE(from_base64url(base64url(bytes)) == bytes);
    }
    CHECK(base64url("\xfb\xff") == "-_8");
    CHECK(from_base32("MZXW6") == "foo");
    CHECK(from_base64(" Zm9v\r\n YmE") == "fooba");
}

TEST_CASE("base codes: one text for one value") {
    CHECK_FALSE(from_base64url("Zh"));   // bits that stand for nothing
    CHECK_FALSE(from_base64url("Zg==")); // padding
    CHECK_FALSE(from_base64url("Z"));
    CHECK_FALSE(from_base64url("Zm 9v"));
    CHECK_FALSE(from_base64url("Zm+v"));
    CHECK_FALSE(from_base32("mz"));
    CHECK_FALSE(from_base32("mya"));
    CHECK_FALSE(from_base32("m1"));
    CHECK_FALSE(from_base64("Zm9v!"));
    CHECK(hex_value('f') == 15);
    CHECK(hex_value('A') == 10);
    CHECK(hex_value('g') == -1);
}

TEST_CASE("seal: it opens with the key and the purpose it was made with, and with no other") {
    const SecretKey key = new_secret_key();
    const SecretKey other = new_secret_key();
    for (const std::string& plain : {std::string(), std::string("x"), std::string(300, 'y')}) {
        const std::string sealed = seal(key, "complaint", plain);
        CHECK(sealed.size() == plain.size() + seal_bytes);
        CHECK(open_seal(key, "complaint", sealed) == plain);
        CHECK_FALSE(open_seal(key, "bounce", sealed));
        CHECK_FALSE(open_seal(other, "complaint", sealed));
        CHECK_FALSE(open_seal(key, "complaint", sealed.substr(1)));
        CHECK(seal(key, "complaint", plain) != sealed);
        const std::string brief = seal_short(key, "complaint", plain);
        CHECK(brief.size() == plain.size() + short_seal_bytes);
        CHECK(brief == seal_short(key, "complaint", plain));
        CHECK(open_short_seal(key, "complaint", brief) == plain);
        CHECK_FALSE(open_short_seal(key, "bounce", brief));
        CHECK_FALSE(open_short_seal(other, "complaint", brief));
        CHECK(seal_short(key, "bounce", plain) != brief);
    }
    CHECK_FALSE(open_seal(key, "", "short"));
    CHECK_FALSE(open_short_seal(key, "", "short"));
}

TEST_CASE("keyring: a file that is not there holds no keys") {
    const TemporaryDirectory folder;
    CHECK(read_keyring(folder / "token.keys").keys().empty());
    CHECK(read_keyring(folder / "no/token.keys").current() == nullptr);
    CHECK(KeyFile(folder / "token.keys").keys().keys().empty());
}

TEST_CASE("keyring: keys come back, the newest that is not retired is the current one") {
    const TemporaryDirectory folder;
    const std::string file = folder / "deep/token.keys";
    const Key first = add_key(file, 1000);
    CHECK(first.id == 1);
    CHECK(mode_of(file) == 0600);
    const Key second = add_key(file, 2000);
    const Key third = add_key(file, 1500); // the clock went back
    CHECK(third.id == 3);
    Keyring ring = read_keyring(file);
    REQUIRE(ring.keys().size() == 3);
    CHECK(ring.find(2)->secret == second.secret);
    CHECK(ring.find(2)->created == 2000);
    CHECK(ring.current()->id == 3);
    CHECK(ring.find(4) == nullptr);
    CHECK(std::set<SecretKey>{first.secret, second.secret, third.secret}.size() == 3);
    CHECK(retire_key(file, 3, 3000));
    CHECK_FALSE(retire_key(file, 3, 4000));
    ring = read_keyring(file);
    CHECK(ring.current()->id == 2);
    CHECK(ring.find(3)->retired == 3000);
    CHECK(ring.find(3)->secret == third.secret);
    CHECK_THROWS_AS(retire_key(file, 77, 1), Fault);
    CHECK_THROWS_AS(retire_key(folder / "none.keys", 1, 1), Fault);
    CHECK(retire_key(file, 2, 5000));
    CHECK(retire_key(file, 1, 5000));
    CHECK(read_keyring(file).current() == nullptr);
}

TEST_CASE("keyring: what a person wrote between the keys stays, and so do owner and mode") {
    const TemporaryDirectory folder;
    const std::string file = folder / "token.keys";
    add_key(file, 1000);
    write_atomically(file, "# mine\n\n" + text_of(file) + "  # the end, without a line end");
    ::chmod(file.c_str(), 0640);
    if (::geteuid() == 0)
        REQUIRE(::chown(file.c_str(), 12345, 12346) == 0);
    add_key(file, 2000);
    retire_key(file, 1, 3000);
    const std::string text = text_of(file);
    CHECK(text.starts_with("# mine\n\n# Keys of jmrp"));
    CHECK(text.find("  # the end, without a line end\n2  ") != std::string::npos);
    CHECK(text.ends_with("=\n"));
    CHECK(mode_of(file) == 0640);
    struct stat found {};
    REQUIRE(::stat(file.c_str(), &found) == 0);
    if (::geteuid() == 0)
        CHECK((found.st_uid == 12345 && found.st_gid == 12346));
    CHECK(read_keyring(file).keys().size() == 2);
}

TEST_CASE("keyring: a file that others can read is refused with the remedy") {
    const TemporaryDirectory folder;
    const std::string file = folder / "token.keys";
    add_key(file, 1000);
    for (const unsigned mode : {0644U, 0604U, 0602U, 0660U}) {
        ::chmod(file.c_str(), mode);
        CHECK_THROWS_WITH(read_keyring(file), Catch::Matchers::Contains("chmod 600"));
        CHECK_THROWS_AS(add_key(file, 2000), Fault);
    }
    const KeyFile lazy(file);
    CHECK_THROWS_AS(lazy.keys(), Fault);
    ::chmod(file.c_str(), 0600);
    CHECK(lazy.keys().keys().size() == 1); // the next call tries again
}

TEST_CASE("keyring: a damaged line is told by its number, never by what it holds") {
    const std::string secret(43, 'A');
    const std::string good = "1  2026-11-22T00:00:00Z  -  " + secret + "=\n";
    CHECK(parse_keyring("# a comment\n\n" + good, "f").keys().size() == 1);
    const std::string lines[] = {"x",
                                 "0  2026-11-22T00:00:00Z  -  " + secret,
                                 "256  2026-11-22T00:00:00Z  -  " + secret,
                                 "2  2026-11-22  -  " + secret,
                                 "2  2026-11-22T00:61:00Z  -  " + secret,
                                 "2  2026-11-22T00:00:00Z  never  " + secret,
                                 "2  2026-11-22T00:00:00Z  -  SECRETSECRET",
                                 "2  2026-11-22T00:00:00Z  -  " + secret + " more",
                                 good};
    for (const std::string& bad : lines) {
        try {
            parse_keyring(good + bad, "the file");
            FAIL(bad);
        } catch (const Fault& fault) {
            const std::string what = fault.what();
            CHECK(what.find("the file line 2") != std::string::npos);
            CHECK(what.find("SECRET") == std::string::npos);
            CHECK(what.find("AAAA") == std::string::npos);
        }
    }
}

TEST_CASE("keyring: of two writers at once neither loses a key") {
    const TemporaryDirectory folder;
    const std::string file = folder / "token.keys";
    constexpr int writers = 4;
    constexpr int keys_each = 10;
    std::vector<pid_t> children;
    for (int writer = 0; writer < writers; ++writer) {
        const pid_t child = ::fork();
        if (child == 0) {
            for (int i = 0; i < keys_each; ++i)
                add_key(file, 1000);
            ::_exit(0);
        }
        children.push_back(child);
    }
    for (const pid_t child : children) {
        int status = 1;
        ::waitpid(child, &status, 0);
        CHECK(status == 0);
    }
    CHECK(read_keyring(file).keys().size() == writers * keys_each);
}

TEST_CASE("keyring: when the numbers are used up the lowest free one is taken, and none is an error") {
    const TemporaryDirectory folder;
    const std::string file = folder / "token.keys";
    add_key(file, 1000);
    std::string text;
    const std::string rest = "  2026-11-22T00:00:00Z  -  " + std::string(43, 'A') + "=\n";
    for (int id = 1; id <= 255; ++id)
        if (id != 7)
            text += std::to_string(id) + rest;
    write_atomically(file, text);
    CHECK(add_key(file, 1).id == 7);
    CHECK(read_keyring(file).current()->id == 7);
    CHECK_THROWS_AS(add_key(file, 1), Fault);
}
