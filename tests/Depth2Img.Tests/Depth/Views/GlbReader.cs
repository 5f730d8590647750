using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Depth2Img.Tests.Depth.Views;

/// <summary>Takes a .glb apart as the specification describes it, and checks its frame on the way.</summary>
internal sealed class GlbReader
{
    private readonly byte[] _binary;

    public GlbReader(byte[] file)
    {
        Assert.Equal("glTF"u8, file.AsSpan(0, 4));
        Assert.Equal(2u, Number(file, 4));
        Assert.Equal((uint)file.Length, Number(file, 8));
        int jsonLength = (int)Number(file, 12);
        Assert.Equal(0, jsonLength % 4);
        Assert.Equal("JSON"u8, file.AsSpan(16, 4));
        Root = JsonDocument.Parse(file.AsMemory(20, jsonLength)).RootElement;
        int binaryLength = (int)Number(file, 20 + jsonLength);
        Assert.Equal(0, binaryLength % 4);
        Assert.Equal("BIN\0"u8, file.AsSpan(24 + jsonLength, 4));
        Assert.Equal(file.Length, 28 + jsonLength + binaryLength);
        _binary = file[(28 + jsonLength)..];
        Assert.InRange(binaryLength - Root.GetProperty("buffers")[0].GetProperty("byteLength").GetInt32(), 0, 3);
    }

    public JsonElement Root { get; }

    public float[] Positions => MemoryMarshal.Cast<byte, float>(Accessor(0, 5126, "VEC3", 12)).ToArray();

    public float[] TextureCoordinates => MemoryMarshal.Cast<byte, float>(Accessor(1, 5126, "VEC2", 8)).ToArray();

    public uint[] Indices => MemoryMarshal.Cast<byte, uint>(Accessor(2, 5125, "SCALAR", 4)).ToArray();

    public byte[] Texture => View(Root.GetProperty("images")[0].GetProperty("bufferView").GetInt32());

    private byte[] Accessor(int index, int component, string type, int elementBytes)
    {
        JsonElement accessor = Root.GetProperty("accessors")[index];
        Assert.Equal(component, accessor.GetProperty("componentType").GetInt32());
        Assert.Equal(type, accessor.GetProperty("type").GetString());
        byte[] view = View(accessor.GetProperty("bufferView").GetInt32());
        Assert.Equal(accessor.GetProperty("count").GetInt32() * elementBytes, view.Length);
        return view;
    }

    private byte[] View(int index)
    {
        JsonElement view = Root.GetProperty("bufferViews")[index];
        int offset = view.GetProperty("byteOffset").GetInt32();
        Assert.Equal(0, offset % 4);
        return _binary.AsSpan(offset, view.GetProperty("byteLength").GetInt32()).ToArray();
    }

    private static uint Number(byte[] file, int at) => BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at));
}
