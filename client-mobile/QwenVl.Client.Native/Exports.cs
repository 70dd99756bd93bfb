using System.Runtime.InteropServices;
using QwenVl.Client.Answers;
using QwenVl.Client.Images;
using QwenVl.Client.Native.Abi;
using QwenVl.Client.Native.Answers;
using QwenVl.Client.Native.Calls;
using QwenVl.Client.Native.Clients;

namespace QwenVl.Client.Native;

/// <summary>The functions of <c>include/qwenvl_client.h</c>, which says what they promise.</summary>
internal static unsafe class Exports
{
    private const uint AbiVersion = 1;
    private const ulong MaxWarmUpPixels = 64_000_000;

    private static readonly HandleTable<NativeClient> Clients = new(kind: 0xC1);
    private static readonly HandleTable<NativeAnswer> Answers = new(kind: 0xA2);

    [UnmanagedCallersOnly(EntryPoint = "qwenvl_abi_version")]
    public static uint GetAbiVersion() => AbiVersion;

    [UnmanagedCallersOnly(EntryPoint = "qwenvl_last_error")]
    public static nuint GetLastError(byte* buffer, nuint capacity) =>
        (nuint)LastError.CopyTo(buffer is null ? [] : new Span<byte>(buffer, (int)Math.Min(capacity, int.MaxValue)));

    [UnmanagedCallersOnly(EntryPoint = "qwenvl_client_create")]
    public static NativeStatus CreateClient(ClientOptionsData* options, ulong* client) => EntryPoint.Run(() =>
    {
        Require(client, "client");
        *client = 0;
        *client = Clients.Add(new NativeClient(new QwenVlClient(OptionReader.ReadClient(options))));
    });

    [UnmanagedCallersOnly(EntryPoint = "qwenvl_connect")]
    public static NativeStatus Connect(ulong client) => EntryPoint.Run(() =>
    {
        CallbackScope.RequireOutside("qwenvl_connect");
        EntryPoint.Wait(Clients.Get(client).Client.ConnectAsync(), Timeout.InfiniteTimeSpan);
    });

    [UnmanagedCallersOnly(EntryPoint = "qwenvl_is_connected")]
    public static int IsConnected(ulong client) => Clients.TryGet(client, out NativeClient? known) && known.Client.IsConnected ? 1 : 0;

    [UnmanagedCallersOnly(EntryPoint = "qwenvl_warm_up")]
    public static NativeStatus WarmUp(ulong client, uint width, uint height) => EntryPoint.Run(() =>
    {
        CallbackScope.RequireOutside("qwenvl_warm_up");
        NativeClient known = Clients.Get(client);
        // A picture of more pixels than a phone's memory holds is a mistake, and would fail later and less clearly.
        if (width == 0 || height == 0 || (ulong)width * height > MaxWarmUpPixels)
            throw new ArgumentException($"A picture of {width} x {height} pixels cannot be warmed up with: take its sides as the camera gives them, such as 1024 x 768.");
        EntryPoint.Wait(known.Client.WarmUp((int)width, (int)height), Timeout.InfiniteTimeSpan);
    });

    [UnmanagedCallersOnly(EntryPoint = "qwenvl_generate")]
    public static NativeStatus Generate(
        ulong client,
        byte* image,
        nuint imageBytes,
        byte* prompt,
        GenerateOptionsData* options,
        delegate* unmanaged<nint, TokenData*, void> onToken,
        delegate* unmanaged<nint, int, SummaryData*, byte*, void> onFinish,
        nint user,
        ulong* answer) => EntryPoint.Run(() =>
    {
        Require(answer, "answer");
        *answer = 0;
        NativeClient known = Clients.Get(client);
        Require(image, "image");
        string question = Utf8Text.Read(prompt, "prompt") ?? throw new ArgumentException("prompt is NULL.");
        GenerateOptions chosen = OptionReader.ReadGenerate(options);
        if (imageBytes > (nuint)Array.MaxLength) throw new QwenVlException(QwenVlErrorCode.ImageTooLarge, $"The picture has {imageBytes} bytes; up to {Array.MaxLength} are taken.");
        ClientImage picture = known.Image(new ReadOnlySpan<byte>(image, (int)imageBytes));
        var asked = new NativeAnswer(new AnswerCallbacks(onToken, onFinish, user));
        // Before the first callback can come.
        ulong handle = Answers.Add(asked);
        *answer = handle;
        try
        {
            known.Start(asked, picture, question, chosen);
        }
        catch
        {
            *answer = 0;
            Answers.Remove(handle);
            throw;
        }
    });

    [UnmanagedCallersOnly(EntryPoint = "qwenvl_cancel")]
    public static NativeStatus Cancel(ulong answer) => EntryPoint.Run(() => Answers.Get(answer).Cancel());

    [UnmanagedCallersOnly(EntryPoint = "qwenvl_answer_wait")]
    public static NativeStatus WaitForAnswer(ulong answer, uint timeoutMilliseconds) => EntryPoint.Run(() =>
    {
        CallbackScope.RequireOutside("qwenvl_answer_wait");
        TimeSpan limit = timeoutMilliseconds == uint.MaxValue ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(timeoutMilliseconds);
        EntryPoint.Wait(Answers.Get(answer).Finished, limit);
    });

    [UnmanagedCallersOnly(EntryPoint = "qwenvl_answer_free")]
    public static NativeStatus FreeAnswer(ulong answer) => EntryPoint.Run(() =>
    {
        NativeAnswer removed = Answers.Remove(answer);
        removed.Cancel();
        if (!CallbackScope.IsWithin) EntryPoint.Wait(removed.Finished, Timeout.InfiniteTimeSpan);
    });

    [UnmanagedCallersOnly(EntryPoint = "qwenvl_client_free")]
    public static NativeStatus FreeClient(ulong client) => EntryPoint.Run(() =>
    {
        CallbackScope.RequireOutside("qwenvl_client_free");
        EntryPoint.Wait(Clients.Remove(client).CloseAsync(), Timeout.InfiniteTimeSpan);
    });

    private static void Require(void* pointer, string name)
    {
        if (pointer is null) throw new ArgumentException($"{name} is NULL.");
    }
}
