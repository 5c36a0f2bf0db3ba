# The kernels are compiled once for each instruction set that the addon chooses from at run time, then linked together.
{
  "variables": {
    "kernels": "<!(node -p \"require('node:path').relative('.', require('node:path').dirname(require.resolve('@llm/kernels/cpp/kernels.cc')))\")",
  },
  "target_defaults": {
    "include_dirs": ["<(kernels)"],
    "cflags!": ["-O2", "-fno-omit-frame-pointer"],
    "cflags": ["-O3", "-fPIC", "-ffp-contract=fast", "-fno-math-errno", "-fno-trapping-math", "-fvisibility=hidden"],
    "cflags_cc": ["-std=c++17", "-fno-exceptions", "-fno-rtti", "-Wno-psabi", "-Wno-maybe-uninitialized", "-Wno-uninitialized"],
    "xcode_settings": {
      "OTHER_CFLAGS": ["-O3", "-ffp-contract=fast", "-fno-math-errno", "-fno-trapping-math"],
      "CLANG_CXX_LANGUAGE_STANDARD": "c++17",
      "GCC_SYMBOLS_PRIVATE_EXTERN": "YES",
      "MACOSX_DEPLOYMENT_TARGET": "11.0"
    },
    # The kernels use the vector types of GCC and Clang, so Windows builds with clang-cl.
    "msbuild_toolset": "ClangCL",
    "msvs_settings": {"VCCLCompilerTool": {"AdditionalOptions": ["/std:c++17", "/clang:-O3", "/clang:-ffp-contract=fast"]}}
  },
  "targets": [
    {
      "target_name": "kernels_portable",
      "type": "static_library",
      "sources": ["cpp/kernels-portable.cc"],
      "defines": ["LLM_ISA=llm_portable"]
    },
    {
      "target_name": "backend_native",
      "sources": ["cpp/addon.cc", "cpp/threads.cc"],
      "defines": ["LLM_ISA=llm_portable", "NAPI_VERSION=8"],
      "dependencies": ["kernels_portable"],
      "conditions": [
        ["target_arch=='x64'", {"dependencies": ["kernels_avx2", "kernels_avx512"]}],
        ["OS=='linux'", {"libraries": ["-lpthread"]}]
      ]
    }
  ],
  "conditions": [
    ["target_arch=='x64'", {
      "targets": [
        {
          "target_name": "kernels_avx2",
          "type": "static_library",
          "sources": ["cpp/kernels-avx2.cc"],
          "defines": ["LLM_ISA=llm_avx2"],
          "cflags": ["-mavx2", "-mfma", "-mf16c"],
          "xcode_settings": {"OTHER_CFLAGS": ["-mavx2", "-mfma", "-mf16c"]},
          "msvs_settings": {"VCCLCompilerTool": {"AdditionalOptions": ["/clang:-mavx2", "/clang:-mfma", "/clang:-mf16c"]}}
        },
        {
          "target_name": "kernels_avx512",
          "type": "static_library",
          "sources": ["cpp/kernels-avx512.cc"],
          "defines": ["LLM_ISA=llm_avx512"],
          "cflags": ["-mavx512f", "-mavx512bw", "-mavx512dq", "-mavx512vl", "-mavx2", "-mfma", "-mf16c", "-mprefer-vector-width=512"],
          "xcode_settings": {"OTHER_CFLAGS": ["-mavx512f", "-mavx512bw", "-mavx512dq", "-mavx512vl", "-mavx2", "-mfma", "-mf16c"]},
          "msvs_settings": {"VCCLCompilerTool": {"AdditionalOptions": ["/clang:-mavx512f", "/clang:-mavx512bw", "/clang:-mavx512dq", "/clang:-mavx512vl", "/clang:-mavx2", "/clang:-mfma", "/clang:-mf16c"]}}
        }
      ]
    }]
  ]
}
