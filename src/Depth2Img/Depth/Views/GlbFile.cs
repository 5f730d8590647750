using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using Depth2Img.Depth.Files;

namespace Depth2Img.Depth.Views;

/// <summary>One textured mesh as binary glTF 2.0: a head of 12 bytes, a JSON chunk and a binary chunk, each a multiple of 4 bytes long.</summary>
internal sealed class GlbFile(float[] positions, float[] textureCoordinates, uint[] indices, byte[] jpeg, DepthCamera camera, double aspect)
{
    private const uint Magic = 0x46546C67, Version = 2, JsonChunk = 0x4E4F534A, BinaryChunk = 0x004E4942;
    private const int HeadBytes = 12, ChunkHeadBytes = 8;

    // The specification's numbers, which are OpenGL's.
    private const int ArrayBuffer = 34962, ElementArrayBuffer = 34963, Float = 5126, UnsignedInt = 5125;
    private const int Linear = 9729, LinearMipmapLinear = 9987, ClampToEdge = 33071;

    private long BinaryBytes => 4L * (positions.Length + textureCoordinates.Length + indices.Length) + jpeg.Length;

    /// <summary>Writes the file.</summary>
    /// <exception cref="Depth2ImgException">It would be larger than the format's 4 GiB.</exception>
    public void Write(Stream stream)
    {
        byte[] json = Json();
        long jsonBytes = ToFour(json.Length), binaryBytes = ToFour(BinaryBytes), total = HeadBytes + 2 * ChunkHeadBytes + jsonBytes + binaryBytes;
        if (total > uint.MaxValue) throw new Depth2ImgException($"The mesh takes {total} bytes, and a .glb has at most {uint.MaxValue}; a smaller detail makes a smaller one.");
        WriteNumbers(stream, Magic, Version, (uint)total, (uint)jsonBytes, JsonChunk);
        stream.Write(json);
        stream.Write("   "u8[..(int)(jsonBytes - json.Length)]);
        WriteNumbers(stream, (uint)binaryBytes, BinaryChunk);
        LittleEndianFloats.Write(stream, positions);
        LittleEndianFloats.Write(stream, textureCoordinates);
        WriteIndices(stream);
        stream.Write(jpeg);
        stream.Write("\0\0\0"u8[..(int)(binaryBytes - BinaryBytes)]);
    }

    private static long ToFour(long bytes) => (bytes + 3) / 4 * 4;

    private static void WriteNumbers(Stream stream, params ReadOnlySpan<uint> numbers)
    {
        Span<byte> bytes = stackalloc byte[4];
        foreach (uint number in numbers)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, number);
            stream.Write(bytes);
        }
    }

    private void WriteIndices(Stream stream)
    {
        if (BitConverter.IsLittleEndian) stream.Write(MemoryMarshal.AsBytes<uint>(indices));
        else WriteNumbers(stream, indices);
    }

    private byte[] Json()
    {
        long coordinatesAt = 4L * positions.Length, indicesAt = coordinatesAt + 4L * textureCoordinates.Length, jpegAt = indicesAt + 4L * indices.Length;
        double fieldOfView = camera.FieldOfView * Math.PI / 180;
        // glTF asks for the vertical angle; the camera's is the longer side's.
        double vertical = aspect > 1 ? 2 * Math.Atan(Math.Tan(fieldOfView / 2) / aspect) : fieldOfView;
        (float[] least, float[] most) = Bounds();
        return JsonSerializer.SerializeToUtf8Bytes(new
        {
            asset = new { version = "2.0", generator = "Depth2Img" },
            extensionsUsed = (string[])["KHR_materials_unlit"],
            scene = 0,
            scenes = (object[])[new { nodes = (int[])[0, 1] }],
            nodes = (object[])[new { name = "picture", mesh = 0 }, new { name = "camera", camera = 0 }],
            cameras = (object[])[new { type = "perspective", perspective = new { yfov = vertical, aspectRatio = aspect, znear = camera.Near / 100 } }],
            meshes = (object[])[new { primitives = (object[])[new { attributes = new { POSITION = 0, TEXCOORD_0 = 1 }, indices = 2, material = 0 }] }],
            materials = (object[])
            [
                new
                {
                    doubleSided = true,
                    pbrMetallicRoughness = new { baseColorTexture = new { index = 0 }, metallicFactor = 0, roughnessFactor = 1 },
                    extensions = new { KHR_materials_unlit = new { } },
                },
            ],
            textures = (object[])[new { sampler = 0, source = 0 }],
            samplers = (object[])[new { magFilter = Linear, minFilter = LinearMipmapLinear, wrapS = ClampToEdge, wrapT = ClampToEdge }],
            images = (object[])[new { bufferView = 3, mimeType = "image/jpeg" }],
            accessors = (object[])
            [
                new { bufferView = 0, componentType = Float, count = positions.Length / 3, type = "VEC3", min = least, max = most },
                new { bufferView = 1, componentType = Float, count = textureCoordinates.Length / 2, type = "VEC2" },
                new { bufferView = 2, componentType = UnsignedInt, count = indices.Length, type = "SCALAR" },
            ],
            bufferViews = (object[])
            [
                new { buffer = 0, byteOffset = 0, byteLength = coordinatesAt, target = ArrayBuffer },
                new { buffer = 0, byteOffset = coordinatesAt, byteLength = indicesAt - coordinatesAt, target = ArrayBuffer },
                new { buffer = 0, byteOffset = indicesAt, byteLength = jpegAt - indicesAt, target = ElementArrayBuffer },
                new { buffer = 0, byteOffset = jpegAt, byteLength = jpeg.Length },
            ],
            buffers = (object[])[new { byteLength = BinaryBytes }],
        });
    }

    private (float[] Least, float[] Most) Bounds()
    {
        float[] least = positions[..3], most = positions[..3];
        for (int i = 0; i < positions.Length; i++)
        {
            least[i % 3] = Math.Min(least[i % 3], positions[i]);
            most[i % 3] = Math.Max(most[i % 3], positions[i]);
        }
        return (least, most);
    }
}
