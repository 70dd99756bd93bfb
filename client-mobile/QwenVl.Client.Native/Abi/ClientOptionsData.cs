using System.Runtime.InteropServices;

namespace QwenVl.Client.Native.Abi;

/// <summary><c>qwenvl_client_options</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ClientOptionsData
{
    public uint Size;
    public uint DeviceThreads;
    public byte* ServerAddress;
    public byte* ApiKey;
    public byte* DeviceEnginePath;
    public uint ConnectTimeoutMilliseconds;
    public uint UploadTimeoutMilliseconds;
    public uint KeepAliveMilliseconds;
    public uint PrefillChunk;
}
