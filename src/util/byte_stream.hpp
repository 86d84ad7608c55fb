#pragma once
// Bytes of a file or pipe that may be packed: gzip (RFC 1952) and zstd (RFC 8878) are known by their first bytes.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "util/fd.hpp"

namespace jmrp::util {

class ByteStream {
  public:
    virtual ~ByteStream() = default;
    /// Up to `size` unpacked bytes; 0 at the end. Throws Fault, damaged where packed bytes are broken.
    virtual std::size_t read(char* buffer, std::size_t size) = 0;
    /// Goes to a place in the unpacked bytes. False where that is not possible, and nothing was done.
    virtual bool seek(std::uint64_t offset) = 0;
    /// Bytes taken from the file so far, packed as they are.
    virtual std::uint64_t consumed() const = 0;
    virtual bool packed() const = 0;
    /// After the end: whether the packed bytes were all there. One that is still being written is not complete.
    virtual bool complete() const = 0;
};

/// Takes the descriptor; `name` is for faults.
std::unique_ptr<ByteStream> unpacked(Fd fd, std::string name);

} // namespace jmrp::util
