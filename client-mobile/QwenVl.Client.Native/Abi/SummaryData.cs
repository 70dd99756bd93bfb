using System.Runtime.InteropServices;

namespace QwenVl.Client.Native.Abi;

/// <summary><c>qwenvl_summary</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct SummaryData
{
    public uint Size;
    public int Finish;
    public byte* Text;
    public ulong TextBytes;
    public int CloudTokens;
    public int DeviceTokens;
    public int TakenOverAt;
    public int ConnectionLost;
    public ulong BytesSent;
    public ulong BytesReceived;
    public ulong FirstTokenMicroseconds;
    public ulong TotalMicroseconds;
}
