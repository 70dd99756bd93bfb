using System.Runtime.InteropServices;

namespace QwenVl.Client.Native.Abi;

/// <summary><c>qwenvl_token</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct TokenData
{
    public uint Size;
    public int Index;
    public int Id;
    public int Source;
    public byte* Text;
    public ulong TextBytes;
    public ulong ElapsedMicroseconds;
}
