using System.Runtime.InteropServices;

namespace QwenVl.Client.Native.Abi;

/// <summary><c>qwenvl_generate_options</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct GenerateOptionsData
{
    public uint Size;
    public int Route;
    public int Resolution;
    public uint MaxNewTokens;
    public uint MaxCloudTokens;
    public uint TopK;
    public float Temperature;
    public float TopP;
    public float RepetitionPenalty;
    public uint Reserved;
    public ulong Seed;
}
