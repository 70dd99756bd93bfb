using System.Runtime.InteropServices;
using QwenVl.TensorRt.Callbacks;

namespace QwenVl.Tests.TensorRt.Callbacks;

public sealed unsafe class CallbackTableTests
{
    [Fact]
    public void The_structure_returned_in_registers_has_two_words() => Assert.Equal(16, sizeof(InterfaceInfo));

    [Fact]
    public void Each_interface_tells_its_name_and_language_and_survives_its_destructors()
    {
        using var stream = new MemoryStream();
        using CallbackObject monitor = new NativeProgressMonitor(null, CancellationToken.None).Native;
        using CallbackObject writer = new NativeStreamWriter(stream).Native;
        using CallbackObject reader = new NativeStreamReader(stream, DriverMemory.OfThisMachine()).Native;

        Expect(monitor.DangerousGetHandle(), "IProgressMonitor");
        Expect(writer.DangerousGetHandle(), "IStreamWriter");
        Expect(reader.DangerousGetHandle(), "IStreamReaderV2");
        Expect(NativeLogger.Generation11, "ILogger");
    }

    private static void Expect(nint self, string name)
    {
        for (int call = 0; call < 2; call++)
        {
            InterfaceInfo info = ((delegate* unmanaged[MemberFunction]<nint, InterfaceInfo>)NativeCaller.Method(self, CallbackTable.InfoSlot))(self);
            Assert.Equal(name, Marshal.PtrToStringUTF8(info.Kind));
            Assert.Equal((1, 0), (info.Major, info.Minor));
            Assert.Equal(0, ((delegate* unmanaged[MemberFunction]<nint, int>)NativeCaller.Method(self, CallbackTable.LanguageSlot))(self));
            ((delegate* unmanaged[MemberFunction]<nint, void>)NativeCaller.Method(self, 2))(self);
            ((delegate* unmanaged[MemberFunction]<nint, void>)NativeCaller.Method(self, 3))(self);
        }
    }
}
