#include <catch2/catch.hpp>

#include "domain/redaction.hpp"

using namespace jmrp::domain;

TEST_CASE("domain: a placeholder or a hash is never an address") {
    const std::pair<std::string_view, RecipientStatus> table[] = {
        {"", RecipientStatus::absent},
        {"<>", RecipientStatus::absent},
        {"redacted", RecipientStatus::masked},
        {"redacted@example.com", RecipientStatus::masked},
        {"Redacted@", RecipientStatus::masked},
        {"Undisclosed Recipients", RecipientStatus::masked},
        {"\"Undisclosed Recipients\"", RecipientStatus::masked},
        {"<Undisclosed Recipients>", RecipientStatus::masked},
        {"undisclosed-recipients:;", RecipientStatus::masked},
        {"undisclosed example recipient <redacted@example.net>", RecipientStatus::masked},
        {"localpart@", RecipientStatus::masked},
        {"j***@example.com", RecipientStatus::masked},
        {"xxxxx@example.com", RecipientStatus::masked},
        {"user@example.invalid", RecipientStatus::masked},
        {"user@redacted", RecipientStatus::masked},
        {"cb4a01a48251d4765f489076aa81e2a4@example.net", RecipientStatus::hashed},
        {"da39a3ee5e6b4b0d3255bfef95601890afd80709@example.net", RecipientStatus::hashed},
        {"Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MA==@example.net", RecipientStatus::hashed},
        {"Zm9vYmFy/mF6cXV4MTIzNDU2Nzg5M@example.net", RecipientStatus::hashed},
        {"hashed@example.com", RecipientStatus::hashed},
    };
    for (const auto& [text, status] : table) {
        INFO(text);
        CHECK(to_text(read_mailbox(text).status) == to_text(status));
        CHECK_FALSE(read_mailbox(text).address);
    }
}

TEST_CASE("domain: people's addresses are no hashes, however long and tagged") {
    for (const std::string_view text :
         {"user@example.com", "<user@example.com>", "Anna B <user@example.com>", "rfc822; user@example.com",
          "us er@exam ple.com", "johndoe+newsletters2024@example.com", "this-local-part-does-not-exist@example.com",
          "deadbeef@example.com", "maximilian.mustermann1984@example.com", "redactedfan@example.com"}) {
        INFO(text);
        CHECK(read_mailbox(text).address);
    }
}

TEST_CASE("domain: a reverse path is bared, the null sender is a value") {
    CHECK(bare_sender("<bounce+a=b@EXAMPLE.com>") == "bounce+a=b@example.com");
    CHECK(bare_sender("<>") == "");
    CHECK(bare_sender("example.com") == "example.com");
    CHECK(bare_sender("<@relay.example:user@example.com>") == "user@example.com");
    CHECK(bare_sender(std::string(200, 'v') + "@example.com"));
    for (const std::string_view text : {"", "redacted", "redacted@example.com", "@", "a@", "@example", "user@[",
                                        "a<b@example.com", "@x: a\"b@example.com", "@x:@y@example.com"}) {
        INFO(text);
        CHECK_FALSE(bare_sender(text));
    }
}
