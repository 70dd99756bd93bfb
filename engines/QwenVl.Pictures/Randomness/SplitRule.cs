using System.Text;

namespace QwenVl.Pictures.Randomness;

/// <summary>Which combinations belong to held-out pictures: one in ten, by a hash of their text that never changes.</summary>
internal static class SplitRule
{
    private const ulong Share = 10;

    public static bool IsHeldout(string combination) => Hash(combination) % Share == 0;

    public static bool Allows(PictureSplit split, string combination) => IsHeldout(combination) == (split == PictureSplit.Heldout);

    /// <summary>FNV-1a over UTF-8, mixed so that the low digits depend on all of it.</summary>
    private static ulong Hash(string text)
    {
        ulong hash = 0xCBF29CE484222325;
        foreach (byte value in Encoding.UTF8.GetBytes(text)) hash = (hash ^ value) * 0x100000001B3;
        hash = (hash ^ (hash >> 33)) * 0xFF51AFD7ED558CCD;
        hash = (hash ^ (hash >> 33)) * 0xC4CEB9FE1A85EC53;
        return hash ^ (hash >> 33);
    }
}
