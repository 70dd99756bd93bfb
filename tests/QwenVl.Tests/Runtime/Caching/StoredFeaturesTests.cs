using FsCheck.Xunit;
using QwenVl.Model.Vision;
using QwenVl.Runtime.Caching;
using QwenVl.Runtime.Tenancy;

namespace QwenVl.Tests.Runtime.Caching;

public sealed class StoredFeaturesTests
{
    private const int Frame = 44;
    private static readonly ImageGrid Grid = new(4, 4);
    private static readonly FeatureKey Key = new(new Tenant("a"), "tower", "engine", "1", "00", 10, Grid);

    [Property(MaxTest = 500)]
    public void Any_numbers_come_back_bit_for_bit(uint[] bits, bool half)
    {
        float[] values = Numbers(bits.Length == 0 ? [0] : bits, half ? number => number & 0xffff0000 : number => number);
        byte[] stored = StoredFeatures.Write(StoredFeatures.Digest(Key), Features(values));
        ImageFeatures? read = StoredFeatures.Read(stored, StoredFeatures.Digest(Key), Grid);

        Assert.Equal(values.Select(BitConverter.SingleToUInt32Bits), read!.Values.Select(BitConverter.SingleToUInt32Bits));
        Assert.Equal((Grid, 2, 1), (read.Grid, read.Width, read.TapCount));
    }

    [Fact]
    public void Numbers_of_an_engine_that_computes_in_16_bits_take_16_bits()
    {
        float[] halves = [.. Enumerable.Range(0, 16).Select(i => (float)(Half)(i / 3f))], brains = Numbers([0x3f9d70a4, 0x7f7fffff], number => number & 0xffff0000), singles = [.. Enumerable.Range(0, 16).Select(i => i / 3f)];

        Assert.Equal(
            (Frame + 32, Frame + 32, Frame + 64),
            (StoredFeatures.Write(StoredFeatures.Digest(Key), Features(halves)).Length, StoredFeatures.Write(StoredFeatures.Digest(Key), Features(brains)).Length, StoredFeatures.Write(StoredFeatures.Digest(Key), Features(singles)).Length));
    }

    [Fact]
    public void A_value_with_any_byte_changed_or_missing_is_not_read()
    {
        byte[] digest = StoredFeatures.Digest(Key), stored = StoredFeatures.Write(digest, Features([.. Enumerable.Range(0, 16).Select(i => i / 3f)]));
        for (int at = 0; at < stored.Length; at++)
        {
            byte[] damaged = [.. stored];
            damaged[at] ^= 0x10;
            Assert.Null(StoredFeatures.Read(damaged, digest, Grid));
            Assert.Null(StoredFeatures.Read(stored.AsSpan(0, at), digest, Grid));
        }

        Assert.Null(StoredFeatures.Read([.. stored, 0], digest, Grid));
    }

    [Fact]
    public void A_value_of_another_key_is_not_read()
    {
        byte[] stored = StoredFeatures.Write(StoredFeatures.Digest(Key), Features(new float[16]));
        FeatureKey[] others = [Key with { Tenant = new Tenant("b") }, Key with { Tower = "b" }, Key with { Engine = "b" }, Key with { Preprocessing = "2" }, Key with { Sha256 = "01" }, Key with { Length = 11 }, Key with { Grid = new ImageGrid(2, 8) }];

        Assert.All(others, other => Assert.Null(StoredFeatures.Read(stored, StoredFeatures.Digest(other), other.Grid)));
    }

    private static float[] Numbers(uint[] bits, Func<uint, uint> change) => [.. Enumerable.Range(0, 16).Select(i => BitConverter.UInt32BitsToSingle(change(bits[i % bits.Length])))];

    private static ImageFeatures Features(float[] values) => new(Grid, 2, 1, values);
}
