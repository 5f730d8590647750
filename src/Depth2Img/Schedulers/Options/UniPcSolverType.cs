namespace Depth2Img.Schedulers;

/// <summary>UniPC's function B(h) (`solver_type`; Zhao et al., 2023, section 3.1).</summary>
public enum UniPcSolverType
{
    /// <summary>B(h) = e^h - 1 (`bh2`), the reference's default.</summary>
    Bh2,
    /// <summary>B(h) = h (`bh1`), which the reference recommends for fewer than ten steps without guidance.</summary>
    Bh1,
}
