using BitMiracle.LibJpeg.Classic;

namespace Depth2Img.Tests.Imaging.Jpeg;

/// <summary>The independent codec: a managed port of libjpeg, which writes every kind of file and reads it back.</summary>
internal static class ReferenceJpeg
{
    /// <summary>What to write: sampling factors as "HxV" a component, what the samples are, what the file holds, and how.</summary>
    internal sealed record Options(
        string[] Sampling,
        J_COLOR_SPACE Input = J_COLOR_SPACE.JCS_RGB,
        J_COLOR_SPACE Stored = J_COLOR_SPACE.JCS_YCbCr,
        bool Progressive = false,
        int RestartInterval = 0,
        int Quality = 85,
        bool BaselineTables = true,
        bool Optimize = false);

    public static byte[] Encode(byte[] samples, int width, int height, Options options)
    {
        jpeg_compress_struct compressor = new(new jpeg_error_mgr())
        {
            Image_width = width,
            Image_height = height,
            Input_components = samples.Length / (width * height),
            In_color_space = options.Input,
        };
        compressor.jpeg_set_defaults();
        compressor.jpeg_set_colorspace(options.Stored);
        compressor.jpeg_set_quality(options.Quality, options.BaselineTables);
        for (int i = 0; i < options.Sampling.Length; i++)
        {
            compressor.Component_info[i].H_samp_factor = options.Sampling[i][0] - '0';
            compressor.Component_info[i].V_samp_factor = options.Sampling[i][2] - '0';
        }
        compressor.Restart_interval = options.RestartInterval;
        compressor.Optimize_coding = options.Optimize;
        compressor.do_fancy_downsampling = false;
        compressor.Dct_method = J_DCT_METHOD.JDCT_ISLOW;
        if (options.Progressive) compressor.jpeg_simple_progression();
        using MemoryStream stream = new();
        compressor.jpeg_stdio_dest(stream);
        compressor.jpeg_start_compress(true);
        int stride = samples.Length / height;
        for (int y = 0; y < height; y++)
            compressor.jpeg_write_scanlines([samples.AsSpan(y * stride, stride).ToArray()], 1);
        compressor.jpeg_finish_compress();
        return stream.ToArray();
    }

    /// <summary>Decodes a file whose components all have the same resolution.</summary>
    public static byte[] Decode(byte[] file, J_COLOR_SPACE output = J_COLOR_SPACE.JCS_RGB)
    {
        using MemoryStream stream = new(file);
        jpeg_decompress_struct decompressor = Start(stream);
        decompressor.Out_color_space = output;
        decompressor.jpeg_start_decompress();
        int stride = decompressor.Output_width * decompressor.Output_components;
        byte[] samples = new byte[stride * decompressor.Output_height];
        byte[][] row = [new byte[stride]];
        for (int y = 0; y < decompressor.Output_height; y++)
        {
            decompressor.jpeg_read_scanlines(row, 1);
            row[0].CopyTo(samples, y * stride);
        }
        decompressor.jpeg_finish_decompress();
        return samples;
    }

    /// <summary>
    /// Decodes to the components' own resolutions: the port's smooth upsampling is a later libjpeg's, which scales in the
    /// frequency domain and differs from the triangle filter of libjpeg 6 and libjpeg-turbo.
    /// </summary>
    /// <returns>For each component its rows, with whole MCUs at the right and bottom.</returns>
    public static byte[][][] DecodePlanes(byte[] file)
    {
        using MemoryStream stream = new(file);
        jpeg_decompress_struct decompressor = Start(stream);
        decompressor.Raw_data_out = true;
        decompressor.jpeg_start_decompress();
        int maxH = decompressor.Comp_info.Take(decompressor.Num_components).Max(c => c.H_samp_factor);
        int maxV = decompressor.Comp_info.Take(decompressor.Num_components).Max(c => c.V_samp_factor);
        int mcusWide = (decompressor.Image_width + 8 * maxH - 1) / (8 * maxH), mcusHigh = (decompressor.Image_height + 8 * maxV - 1) / (8 * maxV);
        byte[][][] planes = new byte[decompressor.Num_components][][];
        for (int i = 0; i < planes.Length; i++)
        {
            jpeg_component_info component = decompressor.Comp_info[i];
            planes[i] = [.. Enumerable.Range(0, mcusHigh * component.V_samp_factor * 8).Select(_ => new byte[mcusWide * component.H_samp_factor * 8])];
        }
        for (int mcuY = 0; mcuY < mcusHigh; mcuY++)
        {
            byte[][][] strip = [.. planes.Select((plane, i) =>
                plane.Skip(mcuY * decompressor.Comp_info[i].V_samp_factor * 8).Take(decompressor.Comp_info[i].V_samp_factor * 8).ToArray())];
            decompressor.jpeg_read_raw_data(strip, 8 * maxV);
        }
        decompressor.jpeg_finish_decompress();
        return planes;
    }

    private static jpeg_decompress_struct Start(Stream stream)
    {
        jpeg_decompress_struct decompressor = new(new jpeg_error_mgr());
        decompressor.jpeg_stdio_src(stream);
        decompressor.jpeg_read_header(true);
        decompressor.Do_fancy_upsampling = false;
        decompressor.Dct_method = J_DCT_METHOD.JDCT_ISLOW;
        return decompressor;
    }
}
