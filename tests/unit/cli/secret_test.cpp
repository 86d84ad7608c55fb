#include "cli/secret.hpp"

#include <stdlib.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "support/temporary_directory.hpp"
#include "util/fault.hpp"

using namespace jmrp;

namespace {

domain::SecretSource in_file(const std::string& file) {
    domain::SecretSource out;
    out.file = file;
    return out;
}

domain::SecretSource of_command(std::vector<std::string> words) {
    domain::SecretSource out;
    out.command = std::move(words);
    return out;
}

domain::SecretSource of_variable(const char* name) {
    domain::SecretSource out;
    out.environment = name;
    return out;
}

std::string why_not(const domain::SecretSource& source, util::FaultKind kind) {
    try {
        const std::string secret = cli::read_secret(source);
        return "it was read: " + secret;
    } catch (const util::Fault& fault) {
        CHECK(fault.kind() == kind);
        return fault.what();
    }
}

bool holds(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("secret: the first line of a file, without its end") {
    const test::TemporaryDirectory folder;
    for (const auto& [bytes, secret] : {std::pair{"hunter2\n", "hunter2"}, std::pair{"hunter2", "hunter2"},
                                        std::pair{" a b\xC3\xA4 \r\nmore\n", " a b\xC3\xA4 "}}) {
        const std::string file = folder.write("secret", bytes);
        ::chmod(file.c_str(), 0640);
        CHECK(cli::read_secret(in_file(file)) == secret);
    }
}

TEST_CASE("secret: a file that gives it away, or holds none, is refused with its name and nothing of what it holds") {
    const test::TemporaryDirectory folder;
    const std::string file = folder.write("secret", "hunter2\n");
    for (const auto& [mode, why] : {std::pair{0644, "everybody may read it"}, std::pair{0602, "everybody may write it"},
                                    std::pair{0660, "its group may write it"}}) {
        ::chmod(file.c_str(), static_cast<mode_t>(mode));
        const std::string text = why_not(in_file(file), util::FaultKind::permission);
        CHECK(holds(text, why));
        CHECK(holds(text, file));
        CHECK(holds(text, "chmod"));
        CHECK_FALSE(holds(text, "hunter2"));
    }
    ::chmod(file.c_str(), 0600);
    for (const std::string bytes : {"", "\nhunter2\n", "\r\n", "hunter\r2\n"}) {
        folder.write("secret", bytes);
        const std::string text = why_not(in_file(file), util::FaultKind::configuration);
        CHECK(holds(text, "its first line holds none"));
        CHECK_FALSE(holds(text, "hunter"));
    }
    folder.write("secret", std::string("hunter\0002\n", 9));
    CHECK(holds(why_not(in_file(file), util::FaultKind::configuration), "its first line holds none"));
    why_not(in_file(folder / "absent"), util::FaultKind::not_found);
    CHECK(holds(why_not(in_file(folder.path().string()), util::FaultKind::configuration), "no regular file"));
    const std::string fifo = folder / "fifo";
    REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
    CHECK(holds(why_not(in_file(fifo), util::FaultKind::configuration), "no regular file"));
}

TEST_CASE("secret: what an environment variable holds") {
    ::setenv("JMRP_TEST_SECRET", "hunter2", 1);
    CHECK(cli::read_secret(of_variable("JMRP_TEST_SECRET")) == "hunter2");
    ::setenv("JMRP_TEST_SECRET", "", 1);
    CHECK(holds(why_not(of_variable("JMRP_TEST_SECRET"), util::FaultKind::configuration),
                "JMRP_TEST_SECRET: it is empty"));
    ::unsetenv("JMRP_TEST_SECRET");
    CHECK(holds(why_not(of_variable("JMRP_TEST_SECRET"), util::FaultKind::configuration), "it is not set"));
}

TEST_CASE("secret: what a program prints first, in the environment of this process and with its words as they are") {
    CHECK(cli::read_secret(of_command({"/bin/echo", "$HOME; a  b"})) == "$HOME; a  b");
    ::setenv("JMRP_TEST_SECRET", "from outside", 1);
    CHECK(cli::read_secret(of_command({"/bin/sh", "-c", "echo \"$JMRP_TEST_SECRET\"; echo more"})) == "from outside");
    ::unsetenv("JMRP_TEST_SECRET");
}

TEST_CASE("secret: a program that fails is named, without its words and without what it said") {
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"/bin/sh", "-c", "echo hunter2; echo hunter2 >&2; exit 3"},
          {"/bin/sh", "-c", "echo hunter2; kill -9 $$"},
          {"/bin/sh", "-c", "echo; echo hunter2"},
          {"/bin/sh", "-c", "head -c 100000 /dev/zero | tr '\\0' h"},
          {"/nowhere/sh", "hunter2"}}) {
        const std::string text = why_not(of_command(words), util::FaultKind::busy);
        INFO(text);
        CHECK(holds(text, "cannot get the secret from " + words.front() + ":"));
        CHECK_FALSE(holds(text, "hunter2"));
    }
    CHECK(holds(why_not(of_command({"/bin/sh", "-c", "exit 3"}), util::FaultKind::busy), "status 3"));
}
