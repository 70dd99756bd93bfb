using FsCheck.Xunit;
using QwenVl.Model.Features;

namespace QwenVl.Tests.Model.Features;

public sealed class TokensChecksumTests
{
    [Property]
    public bool One_changed_bit_of_an_id_or_of_the_index_changes_it(int first, int[] ids, byte where, byte bit)
    {
        int[] changed = [first, .. ids];
        changed[where % changed.Length] ^= 1 << (bit % 32);

        return TokensChecksum.Compute(first, ids) != TokensChecksum.Compute(changed[0], changed[1..]);
    }

    [Fact]
    public void It_is_the_checksum_of_little_endian_numbers() =>
        Assert.Equal(Crc32C.Compute([5, 0, 0, 0, 1, 1, 0, 0, 255, 255, 255, 255]), TokensChecksum.Compute(5, [257, -1]));
}
